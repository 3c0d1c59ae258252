using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

[Collection(FaultsLab.Name)]
public sealed class T3030_KilledDaemons(FaultsLab lab) : SystemTest(lab)
{
    private static readonly string[] Arguments = ["--steps", "4000", "--pace-us", "5000"];

    [Fact]
    public async Task AKilledLauncher_LeavesTheJobRunning_AndTheNextOneFindsIt()
    {
        var job = await StartAsync();
        Daemon.Signal(Daemon.Launcher(Lab, 2), "KILL");
        await job.WaitForMoreAsync();
        await UpAsync();
        await RestartsRightAsync(job);
    }

    [Fact]
    public async Task AKilledCoordinator_IsFollowedByOneThatGoesOnMakingEpochs()
    {
        var job = await TestJob.StartAsync(Lab, "schedule", ["--interval", "1s", "--keep", "2"], CommandOptions.Default, [TestPrograms.Fill, "--steps", "1000000"]);
        await WaitForEpochsAsync(job, 1);
        Daemon.Signal(Daemon.Coordinator(Lab), "KILL");
        await UpAsync();
        await WaitForEpochsAsync(job, 3);
        await job.KillAsync();
    }

    [Fact]
    public async Task AnExitCode_IsKnownThoughNoLauncherSawTheEnd()
    {
        var go = Path.Combine(Lab.NewFolder("go"), "go");
        var job = await TestJob.StartAsync(Lab, "ends", "sh", "-c", $"until [ -e {go} ]; do sleep 0.05; done; echo over; exit 7");
        Daemon.Signal(Daemon.Launcher(Lab, 1), "KILL");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await job.WaitForLineAsync("over");
        await UpAsync();
        (await job.RunAsync("wait", job.Name)).EndsWith(7);
    }

    [Fact]
    public async Task ALauncherKilledInTheMiddleOfAnEpoch_AbortsIt_AndTheJobRunsOn()
    {
        var job = await StartAsync();
        await using var checkpoint = await HangAsync(job);
        Daemon.Signal(Daemon.Launcher(Lab, 2), "KILL");
        (await checkpoint.EndAsync()).FailsWith(1, "node2");
        Lab.SetFaults(2);
        await job.WaitForMoreAsync();
        await UpAsync();
        await Unharmed.AssertAsync(Lab, job);
        await RestartsRightAsync(job);
    }

    [Fact]
    public async Task ACoordinatorKilledInTheMiddleOfAnEpoch_LetsTheJobGoOn_AndTheNextOneKnowsIt()
    {
        var job = await StartAsync();
        await using var checkpoint = await HangAsync(job);
        Daemon.Signal(Daemon.Coordinator(Lab), "KILL");
        Assert.NotEqual(0, (await checkpoint.EndAsync()).ExitCode);
        Lab.SetFaults(2);
        await job.WaitForMoreAsync();
        await UpAsync();
        await job.WaitForStateAsync("Running");
        await Unharmed.AssertAsync(Lab, job);
        await RestartsRightAsync(job);
    }

    [Fact]
    public async Task ASilentLauncher_IsNamed_AndTheJobRunsOn()
    {
        var job = await StartAsync();
        var launcher = Daemon.Launcher(Lab, 2);
        Daemon.Signal(launcher, "STOP");
        try
        {
            (await job.RunAsync("checkpoint", job.Name, "--timeout", "3s")).FailsWith(1, "node2");
        }
        finally
        {
            Daemon.Signal(launcher, "CONT");
        }

        await NodeBackAsync();
        await Unharmed.AssertAsync(Lab, job);
        await RestartsRightAsync(job);
    }

    private Task<TestJob> StartAsync() => StartAsync(Arguments);

    private async Task<TestJob> StartAsync(string[] arguments)
    {
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        return job;
    }

    // Node 1 has dumped and holds the job at its gate; node 2 does not answer.
    private async Task<RunningCommand> HangAsync(TestJob job)
    {
        Lab.SetFaults(2, "dump hang");
        var checkpoint = Hpccr.Start("checkpoint", job.Name);
        await Await.UntilAsync("node1 at its gate", () => Lab.LauncherLog(1).Contains($"{job.Name} epoch 1: Dump", StringComparison.Ordinal));
        return checkpoint;
    }

    private async Task UpAsync()
    {
        (await Hpccr.RunAsync("lab", "up", "2")).EndsWith(0);
        await NodeBackAsync();
    }

    private Task NodeBackAsync() => Await.UntilAsync("both nodes connected", async () =>
        (await Hpccr.JsonAsync("status")).GetProperty("nodes").EnumerateArray().Count(n => n.GetProperty("state").GetString() == "connected") == 2);

    private static async Task RestartsRightAsync(TestJob job)
    {
        await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync();
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", [.. Arguments[..^2], "--pace-us", "0"]), await job.FinalAsync());
    }

    private static Task WaitForEpochsAsync(TestJob job, int number) => Await.UntilAsync($"epoch {number}",
        () => Directory.EnumerateDirectories(job.Folder, "epoch-*").Any(path => string.CompareOrdinal(Path.GetFileName(path), $"epoch-{number:D6}") >= 0), null, job.Describe);
}
