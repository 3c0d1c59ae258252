using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2090_Relocation(ManyNodesLab lab) : SystemTest(lab)
{
    private const string Port = "23456";

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task AnMpiJobOnOtherNodes_GoesOnToTheRightResult(string family)
    {
        string[] arguments = ["--steps", "800", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, family, 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync(null, "--nodes", "node3,node4");
        Assert.Equal(["node3", "node4"], await job.NodesAsync());
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.FinalAsync());
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task AnMpiJobOfThreeNodes_OneOfWhichIsExchanged_GoesOnToTheRightResult(string family)
    {
        string[] arguments = ["--steps", "600", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, family, 3, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--map", "node2=node4");
        Assert.Equal(["node1", "node4", "node3"], await job.NodesAsync());
        Assert.Equal(await SpreadJob.UndisturbedAsync(6, "stencil", arguments), await job.FinalAsync());
    }

    [Fact]
    public async Task TenTimesInARow_ToOthersAndBackAndInEachOthersPlace_TheResultIsRight()
    {
        string[] arguments = ["--steps", "3000", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        foreach (var nodes in (string[])["node3,node4", "node4,node3", "node1,node2", "node2,node1", "node1,node3", "node3,node1", "node4,node2", "node2,node4", "node1,node4", "node1,node2"])
        {
            await job.CheckpointAsync(stop: true);
            await job.RestartAsync(null, "--nodes", nodes);
            await job.WaitForMoreAsync();
        }

        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.FinalAsync());
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task RanksThatFirstTalkAfterTheMove_FindEachOther(string family)
    {
        var job = await WaitingRanksAsync(family);
        await job.Job.RestartAsync(null, "--nodes", "node4,node3");
        await File.WriteAllTextAsync(job.Go, "", TestContext.Current.CancellationToken);
        await job.Job.WaitForLineAsync("late OK");
        await job.Job.KillAsync();
    }

    // Open MPI 4.1.4 spawns on one node of several, not on two at once, and MPICH 4.0.2 of Debian on none: without HpcCr as well.
    [Theory]
    [InlineData("node1")]
    [InlineData("node2")]
    public async Task RanksSpawnedAfterTheMove_ByTheOldNamesOfNodes_FindTheOthers(string host)
    {
        var job = await WaitingRanksAsync("openmpi", "spawn", "2", $"{host}:4");
        await job.Job.RestartAsync(null, "--nodes", "node3,node4");
        await File.WriteAllTextAsync(job.Go, "", TestContext.Current.CancellationToken);
        await job.Job.WaitForLineAsync("spawned OK");
        await job.Job.KillAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("--six")]
    public async Task OrdinaryProcesses_SeeTheAddressesOfTheirStart_AlsoInEachOthersPlaceAndOnOneNode(string family)
    {
        var server = $"{TestPrograms.Pair} {family} server {Port}";
        var client = $"{TestPrograms.Pair} {family} --steps 1000 client node1 {Port}";
        var job = await SpreadJob.StartAsync(Lab, 2, CommandOptions.Default, [], ["sh", "-c", $"\"$OMPI_MCA_plm_rsh_agent\" node2 {client}; exec {server}"]);
        await WaitAsync("step ");
        foreach (var nodes in (string[])["node3,node4", "node4,node3", "node2,node1", "node3", "node1,node2"])
        {
            await job.CheckpointAsync(stop: true);
            await job.RestartAsync(null, "--nodes", nodes);
            var before = ClientLines().Count;
            await Await.UntilAsync("more steps", () => ClientLines().Count > before + 1, null, job.Describe);
        }

        await WaitAsync("final ");
        await Hpccr.RunAsync("wait", job.Name);
        var undisturbed = await SpreadJob.StartAsync(Lab, 2, CommandOptions.Default, [], ["sh", "-c", $"\"$OMPI_MCA_plm_rsh_agent\" node2 {client}; exec {server}"]);
        (await Hpccr.RunAsync("wait", undisturbed.Name)).EndsWith(0);
        Assert.Equal(TestJob.LinesOf(Path.Combine(undisturbed.Folder, "node2.log")), ClientLines());

        IReadOnlyList<string> ClientLines() => TestJob.LinesOf(Path.Combine(job.Folder, "node2.log"));

        Task WaitAsync(string beginning) =>
            Await.UntilAsync(beginning, () => ClientLines().Any(line => line.StartsWith(beginning, StringComparison.Ordinal)), TimeSpan.FromSeconds(60), job.Describe);
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task MegabytesInFlight_ArriveOnTheOtherNodes(string family)
    {
        string[] arguments = ["--rounds", "150", "--kib", "256", "--pace-us", "50000"];
        var job = await SpreadJob.StartMpiAsync(Lab, family, 2, "flood", arguments);
        await job.WaitForLineAsync("round ");
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--nodes", "node3,node4");
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "flood", [.. arguments[..^2], "--pace-us", "0"]), await job.FinalAsync());
    }

    [Fact]
    public async Task PhyMl_OfDebian_MovedInTheMiddleOfItsRun_WritesTheTreesOfAnUndisturbedRun()
    {
        string[] command = ["mpirun.openmpi", "-n", "4", "phyml-mpi", "-i", "species.phy", "-b", "150", "--r_seed", "7", "--no_memory_check"];
        var undisturbed = CommandOptions.Default with { WorkingDirectory = await Alignment.NewFolderAsync(Lab) };
        (await Hpccr.RunAsync(undisturbed, ["run", "--nodes", "node1,node2", "--", .. command])).EndsWith(0);

        var moved = CommandOptions.Default with { WorkingDirectory = await Alignment.NewFolderAsync(Lab) };
        var job = await SpreadJob.StartAsync(Lab, 2, moved, [], command);
        await job.WaitForLinesAsync("the settings", _ => job.Stdout.Contains("Random seed", StringComparison.Ordinal));
        // Its further output stays in its buffers for long; it works for longer than this.
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--nodes", "node4,node3");
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        foreach (var result in Alignment.Results)
            Assert.Equal(await ReadAsync(undisturbed, result), await ReadAsync(moved, result));

        static Task<string> ReadAsync(CommandOptions options, string file) =>
            File.ReadAllTextAsync(Path.Combine(options.WorkingDirectory!, file), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("node1")]
    [InlineData("node4")]
    public async Task HalfClosedAndClosingConnections_LoseNothing(string node)
    {
        var go = Path.Combine(Lab.NewFolder("go"), "go");
        var job = await TestJob.StartAsync(Lab, "states", ["--nodes", "node1"], CommandOptions.Default, [TestPrograms.TcpStates, "states", go]);
        await job.WaitForLineAsync("ready ");
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--nodes", node);
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        Assert.EndsWith("bytes are there", job.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoPartsThatNeedTheSamePort_AreRefusedOnOneNode_WithThePort()
    {
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", "--steps", "100000", "--pace-us", "5000");
        await job.WaitForLineAsync("step ");
        var epoch = await job.CheckpointAsync(stop: true);
        var plan = await Hpccr.RunAsync("restart", epoch.Path, "--nodes", "node3", "--dry-run");
        plan.FailsWith(6, "node3: port ");
        Assert.Contains("is needed by the sandboxes node1 and node2", plan.Stderr, StringComparison.Ordinal);
        await Unharmed.NothingLeftAsync(Lab, job);
    }

    [Fact]
    public async Task ALauncherKilledInTheMiddleOfAMove_LeavesTheEpochGoodAndTheNewNodesClean()
    {
        string[] arguments = ["--steps", "600", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync(stop: true);
        Lab.SetFaults(4, "restore hang");
        await using (var restart = Hpccr.Start("restart", job.Name, "--nodes", "node3,node4", "--detach"))
        {
            await Await.UntilAsync("node3 at its gate", () => Lab.LauncherLog(3).Contains($"{job.Name} epoch 0: Restore", StringComparison.Ordinal));
            Daemon.Signal(Daemon.Launcher(Lab, 4), "KILL");
            Assert.NotEqual(0, (await restart.EndAsync()).ExitCode);
        }

        Lab.SetFaults(4);
        (await Hpccr.RunAsync("lab", "up", "4")).EndsWith(0);
        await Unharmed.NothingLeftAsync(Lab, job);
        (await Hpccr.RunAsync("verify", job.Name)).EndsWith(0);
        await job.RestartAsync(null, "--nodes", "node4,node3");
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.FinalAsync());
    }

    private async Task<(TestJob Job, string Go)> WaitingRanksAsync(string family, params IEnumerable<string> arguments)
    {
        var go = Path.Combine(Lab.NewFolder("go"), "go");
        var job = await SpreadJob.StartMpiAsync(Lab, family, 2, "mpilate", [go, .. arguments]);
        await job.WaitForLineAsync("waiting");
        await job.CheckpointAsync(stop: true);
        return (job, go);
    }
}
