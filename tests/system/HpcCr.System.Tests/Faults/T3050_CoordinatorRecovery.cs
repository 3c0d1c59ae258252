using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

[Collection(FaultsLab.Name)]
public sealed class T3050_CoordinatorRecovery(FaultsLab lab) : SystemTest(lab)
{
    private static readonly string[] Endless = ["--steps", "10000000", "--pace-us", "5000"];

    [Fact]
    public async Task AnEpochInAnyPhase_IsAborted_OrFinishedIfItWasCommitted()
    {
        var job = await StartAsync();
        await using var wait = Hpccr.Start(CommandOptions.Default with { Deadline = TimeSpan.FromMinutes(5) }, "wait", job.Name);
        // It follows the job by the time that others have been answered twice.
        for (var answer = 0; answer < 2; answer++) await job.StateAsync();
        foreach (var phase in (string[])["quiesce", "freeze", "drain", "lock", "dump", "resume", "seal"])
        {
            var ended = await KilledCoordinator.InTheMiddleOfAsync(Lab, 2, phase, phase, "checkpoint", job.Name);
            ended.FailsWith(1, "coordinator went away", phase, "hpccr list");
            await job.WaitForStateAsync("Running");
            await Unharmed.AssertAsync(Lab, job);
        }

        Assert.Empty(EpochsOf(job));
        (await KilledCoordinator.InTheMiddleOfAsync(Lab, 1, "commit", "commit", "checkpoint", job.Name)).FailsWith(1, "coordinator went away");
        await job.WaitForStateAsync("Running");
        await Unharmed.AssertAsync(Lab, job);

        // No number was used twice, and what was committed is known, be it by the dead coordinator.
        var last = await job.CheckpointAsync();
        Assert.Equal(9, last.Number);
        Assert.Equal(EpochsOf(job), (await job.StatusAsync()).GetProperty("epochs").EnumerateArray().Select(e => e.GetInt32()));
        await job.KillAsync();
        await job.RestartAsync(last);
        await IsRightAsync(job);
        (await wait.EndAsync()).EndsWith(137);
    }

    [Fact]
    public async Task AnEpochThatStops_GoesOnOrStopsTheJob_AndSoDoesARestart()
    {
        var job = await StartAsync();
        (await KilledCoordinator.InTheMiddleOfAsync(Lab, 2, "seal", "sealstopped", "checkpoint", job.Name, "--stop")).FailsWith(1, "coordinator went away");
        await job.WaitForStateAsync("Running");
        await Unharmed.AssertAsync(Lab, job);

        await KilledCoordinator.InTheMiddleOfAsync(Lab, 2, "kill", "kill", "checkpoint", job.Name, "--stop");
        await job.WaitForStateAsync("Stopped");
        await Unharmed.NothingLeftAsync(Lab, job);
        foreach (var (step, phase) in ((string, string)[])[("preparerestore", "prepare"), ("putback", "put back"), ("restore", "restore")])
        {
            (await KilledCoordinator.InTheMiddleOfAsync(Lab, 2, step, phase, "restart", job.Name, "--detach")).FailsWith(1, "coordinator went away");
            await job.WaitForStateAsync("Stopped");
            await Unharmed.NothingLeftAsync(Lab, job);
        }

        await KilledCoordinator.InTheMiddleOfAsync(Lab, 2, "go", "go", "restart", job.Name, "--detach");
        await job.WaitForStateAsync("Running");
        await Unharmed.AssertAsync(Lab, job);
        await IsRightAsync(job);
    }

    [Fact]
    public async Task AMigration_IsFinished()
    {
        var job = await TestJob.StartAsync(Lab, "moves", ["--nodes", "node1"], CommandOptions.Default, SpreadJob.MpiCommand("openmpi", 2, "stencil", Endless));
        await job.WaitForLineAsync("step ");
        await KilledCoordinator.InTheMiddleOfAsync(Lab, 1, "dump", "dump", "migrate", job.Name, "--map", "node1=node2");
        await job.WaitForStateAsync("Running");
        Assert.Equal(["node1"], await job.NodesAsync());
        foreach (var (step, phase, from, to) in ((string, string, int, int)[])[("kill", "kill", 1, 2), ("restore", "restore", 2, 1), ("go", "go", 1, 2)])
        {
            await KilledCoordinator.InTheMiddleOfAsync(Lab, step == "kill" ? from : to, step, phase, "migrate", job.Name, "--map", $"node{from}=node{to}");
            await job.WaitForStateAsync("Running");
            Assert.Equal([$"node{to}"], await job.NodesAsync());
            await Unharmed.AssertAsync(Lab, job);
        }

        await IsRightAsync(job, ranks: 2);
    }

    [Fact]
    public async Task ACoordinatorThatIsKilledWhileItRecovers_IsFollowedByOneThatDoes()
    {
        var job = await StartAsync();
        Lab.SetFaults(1, "commit hang", "findepoch hang");
        await using (var checkpoint = Hpccr.Start("checkpoint", job.Name))
        {
            await Await.UntilAsync("the commit", () => checkpoint.Stderr.Contains("hpccr: commit", StringComparison.Ordinal));
            for (var again = 0; again < 3; again++)
            {
                Daemon.Signal(Daemon.Coordinator(Lab), "KILL");
                var from = KilledCoordinator.Log(Lab).Length;
                await KilledCoordinator.NextAsync(Lab);
                await Await.UntilAsync("a recovery", () => KilledCoordinator.LastState(KilledCoordinator.Log(Lab)[from..]) == "Recover");
            }

            Lab.SetFaults(1);
        }

        await job.WaitForStateAsync("Running");
        await Unharmed.AssertAsync(Lab, job);
        await IsRightAsync(job);
    }

    [Fact]
    public async Task JobsThatHaveEnded_AreStillKnown()
    {
        var job = await TestJob.StartAsync(Lab, "over", "sh", "-c", "exit 7");
        await job.WaitForStateAsync("Exited");
        Daemon.Signal(Daemon.Coordinator(Lab), "KILL");
        await KilledCoordinator.NextAsync(Lab);
        Assert.Equal(7, (await job.StatusAsync()).GetProperty("exitCode").GetInt32());
        (await job.RunAsync("wait", job.Name)).EndsWith(7);
    }

    [Fact]
    public async Task DaemonsThatAreStoppedAndStarted_AsForAnUpgrade_DisturbNothing()
    {
        var go = Path.Combine(Lab.NewFolder("go"), "go");
        await using var run = Hpccr.Start("run", "--name", Lab.NewName("ends"), "--", "sh", "-c", $"echo begun; until [ -e {go} ]; do sleep 0.05; done; echo over; exit 7");
        await Await.UntilAsync("its output", () => run.Stdout.Contains("begun", StringComparison.Ordinal));
        int[] daemons = [Daemon.Coordinator(Lab), Daemon.Launcher(Lab, 1), Daemon.Launcher(Lab, 2)];
        foreach (var daemon in daemons)
            Daemon.Signal(daemon, "TERM");
        await Await.UntilAsync("the daemons to end", () => daemons.All(daemon => !Directory.Exists($"/proc/{daemon}")));
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await Await.UntilAsync("its last words", () => run.Stdout.Contains("over", StringComparison.Ordinal));
        await KilledCoordinator.NextAsync(Lab);
        (await run.EndAsync()).EndsWith(7);
    }

    private async Task<TestJob> StartAsync()
    {
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", Endless);
        await job.WaitForLineAsync("step ");
        return job;
    }

    private static List<int> EpochsOf(TestJob job) => [.. Directory.EnumerateDirectories(job.Folder, "epoch-*")
        .Select(path => int.Parse(Path.GetFileName(path)["epoch-".Length..], System.Globalization.CultureInfo.InvariantCulture)).Order()];

    private static async Task IsRightAsync(TestJob job, int ranks = 4)
    {
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await StencilOutput.AssertRightAsync(job, ranks);
    }
}
