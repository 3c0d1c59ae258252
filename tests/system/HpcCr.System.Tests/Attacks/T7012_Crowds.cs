using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Attacks;

[Collection(AttacksLab.Name)]
public sealed class T7012_Crowds(AttacksLab lab) : SystemTest(lab)
{
    private const int Connections = 20_000;
    private const double MostMiB = 400;

    [Fact]
    public async Task IdleConnectionsOfOneUser_KeepNobodyElseFromTheCoordinator()
    {
        var job = await lab.StartAsync(AttacksLab.Victim, "served", ["--nodes", "node1"], "sleep", "1000");
        await using (var crowd = Hpccr.StartProgram(CommandOptions.AsUser(AttacksLab.Attacker),
            [TestPrograms.Crowd, Path.Combine(lab.RunFolder, "coordinator.sock"), $"{Connections}"]))
        {
            await Await.UntilAsync("the crowd", () => crowd.Stdout.StartsWith("connected ", StringComparison.Ordinal), TimeSpan.FromSeconds(60), () => crowd.Stderr);
            Assert.InRange(DaemonFootprint.Of(lab).First().MiB, 0, MostMiB);
            await job.CheckpointAsync();
            (await Hpccr.RunAsync("status")).EndsWith(0);
        }

        var attacker = CommandOptions.AsUser(AttacksLab.Attacker);
        await Await.UntilAsync("the attacker to be served again", async () => (await Hpccr.RunAsync(attacker, "status")).ExitCode == 0);
        await job.KillAsync();
    }

    [Fact]
    public async Task IdleConnectionsOfOneUser_KeepNobodyElseFromTheLauncher()
    {
        const string Start = "for i in 1 2 3; do \"$OMPI_MCA_plm_rsh_agent\" node2 \"echo $i >>$PWD/started\" || exit 3; done; exec sleep 1000";
        await using var crowd = Hpccr.Start(["lab", "exec", "node1", "--", .. CommandOptions.AsUser(AttacksLab.Attacker).Prefix,
            TestPrograms.Crowd, Path.Combine(lab.RunFolder, "launcher.sock"), $"{Connections}"]);
        await Await.UntilAsync("the crowd", () => crowd.Stdout.StartsWith("connected ", StringComparison.Ordinal), TimeSpan.FromSeconds(60), () => crowd.Stderr);

        var job = await lab.StartAsync(AttacksLab.Victim, "spread", ["--nodes", "node1,node2"], "sh", "-c", Start);
        var started = Path.Combine(Path.GetDirectoryName(job.Folder)!, "started");
        await Await.UntilAsync("three remote starts", () => File.Exists(started) && File.ReadAllLines(started).Length == 3, null, job.Describe);

        Assert.InRange(DaemonFootprint.Of(lab).Last().MiB, 0, MostMiB);
        await job.KillAsync();
    }
}
