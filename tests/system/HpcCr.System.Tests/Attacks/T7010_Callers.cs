using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

[Collection(AttacksLab.Name)]
public sealed class T7010_Callers(AttacksLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AConnectionWhoseProcessHasEnded_IsNotThatOfWhoeverHasItsNumberLater()
    {
        var proof = Path.Combine(lab.NewFolder("proof"), "owned");
        File.SetUnixFileMode(Path.GetDirectoryName(proof)!, (UnixFileMode)0b1_111_111_111);
        var victim = await lab.StartAsync(AttacksLab.Victim, "victim", ["--nodes", "node1"], "sh", "-c", "while :; do sleep 3 & sleep 0.02; done");
        await victim.WaitForStateAsync("Running");

        var attack = (await lab.InNodeAsync(1, TestPrograms.PidReuse, Path.Combine(lab.RunFolder, "launcher.sock"), "node1",
            $"{AttacksLab.Attacker}", $"{AttacksLab.Victim}", $"id -u >>{proof}")).EndsWith(0).Stdout;

        Assert.Matches(@"^reused [1-9]", attack);
        // Whether the child had ended before its connection was taken is the scheduler's business.
        Assert.All(attack.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1),
            answer => Assert.Matches("the caller (has ended|is in no job's sandbox)", answer));
        Assert.False(File.Exists(proof), attack);
        await victim.KillAsync();
    }

    [Fact]
    public async Task LogsOfDaemons_AreRootsAlone_AlsoThoseOfAnEarlierVersion()
    {
        var job = await lab.StartAsync(AttacksLab.Victim, "logs", ["--nodes", "node1"], "sleep", "1000");
        var launcherLog = Path.Combine(lab.RunFolder, "lab", "node1", "launcher.log");
        File.SetUnixFileMode(launcherLog, (UnixFileMode)0b110_100_100);
        Daemon.Signal(Daemon.Launcher(lab, 1), "KILL");
        await Await.UntilAsync("the launcher's end", () => !IsThere(lab));
        (await Hpccr.RunAsync("lab", "up", $"{lab.Nodes}")).EndsWith(0);

        // A node's folder has a link to the node's own root.
        var noLinks = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var open = Directory.EnumerateFiles(Path.Combine(lab.RunFolder, "lab"), "*.log", noLinks)
            .Append(Path.Combine(lab.NodeRun(1), "jobs", job.Key, "guard.log")).Where(log => File.GetUnixFileMode(log) != (UnixFileMode)0b110_000_000);

        Assert.Empty(open);
        await job.KillAsync();
    }

    private static bool IsThere(Lab lab)
    {
        try
        {
            return Daemon.Launcher(lab, 1) > 0;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
