using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

[Collection(AttacksLab.Name)]
public sealed class T7013_LongRequests(AttacksLab lab) : SystemTest(lab)
{
    private const int OldLimit = (16 << 20) - 1000;

    private string Journal => Path.Combine(lab.RunFolder, "lab", "control", "state", "journal");

    [Fact]
    public async Task RequestsAsLongAsCanBe_FailAlone_AndOthersCheckpointsGoOn()
    {
        var victim = await lab.StartAsync(AttacksLab.Victim, "steady", ["--nodes", "node1"], TestPrograms.Fill, "--mib", "4", "--steps", "100000", "--every", "50");
        await victim.WaitForLineAsync("ready ");
        var folder = await lab.FolderOfAsync(AttacksLab.Attacker);
        var connections = Connections();
        var journal = new FileInfo(Journal).Length;

        await using var attack = Attack(folder, "long", OldLimit, 20);
        for (var round = 0; round < 5; round++)
            await victim.CheckpointAsync();
        var answers = (await attack.EndAsync()).EndsWith(0).Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(20, answers.Length);
        Assert.All(answers, answer => Assert.StartsWith("RESOURCE_EXHAUSTED a message of", answer, StringComparison.Ordinal));
        Assert.Equal(connections, Connections());
        Assert.InRange(new FileInfo(Journal).Length - journal, long.MinValue, 1 << 20);
        Assert.InRange(DaemonFootprint.Of(lab).First().MiB, 0, 500);
        await victim.KillAsync();
    }

    [Fact]
    public async Task ADescriptionThatIsTooLong_IsToldSo_AndJobsTogetherHaveABound()
    {
        var folder = await lab.FolderOfAsync(AttacksLab.Attacker);
        await using (var attack = Attack(folder, "bit", (2 << 20) + 1000, 1))
            Assert.Contains("INVALID_ARGUMENT the job's command, environment and options take 2.0 MiB, and 2 MiB is the most", (await attack.EndAsync()).Stdout, StringComparison.Ordinal);
        // As a person meets it.
        var user = CommandOptions.AsUser(AttacksLab.Attacker) with { WorkingDirectory = folder };
        var script = $"for i in $(seq 25); do export FILL$i=$(head -c 100000 /dev/zero | tr '\\0' x); done; exec {Deployment.Hpccr} run --detach -- true";
        (await Hpccr.RunProgramAsync(user, ["prlimit", "--stack=unlimited", "bash", "-c", script])).FailsWith(2, "MiB is the most");

        await using (var attack = Attack(folder, "many", 1_900_000, 25))
            Assert.Contains((await attack.EndAsync()).Stdout.Split('\n'), answer => answer.Contains("take more than 32 MiB", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(Journal).Length, 0, 80 << 20);
        var jobs = await Hpccr.JsonAsync("status");
        foreach (var job in jobs.GetProperty("jobs").EnumerateArray().Where(j => j.GetProperty("state").GetString() == "Running").Select(j => j.GetProperty("job").GetString()!))
            (await Hpccr.RunAsync("kill", job)).EndsWith(0);
        Assert.InRange(DaemonFootprint.Of(lab).First().MiB, 0, 500);
    }

    private RunningCommand Attack(string folder, string name, int bytes, int times) => Hpccr.StartProgram(
        CommandOptions.AsUser(AttacksLab.Attacker) with { WorkingDirectory = folder, Deadline = TimeSpan.FromMinutes(3) },
        [TestPrograms.RawCall, Path.Combine(lab.RunFolder, "coordinator.sock"), "run", "--name", lab.NewName(name), "--ckpt-dir", folder, "--node", "node2",
            "--environment", $"{bytes}", "--times", $"{times}", "--", "sleep", "1000"]);

    private int Connections() => lab.LauncherLog(1).Split("connected to the coordinator").Length;
}
