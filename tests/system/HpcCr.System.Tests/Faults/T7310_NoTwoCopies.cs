using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

[Collection(FencingLab.Name)]
public sealed class T7310_NoTwoCopies(FencingLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task ANodeThatIsCutOff_FreezesItsPart_AndARestartElsewhereWaitsForThat_AndTheOldPartIsEndedWhenTheNodeIsBack()
    {
        await UpAsync();
        var lives = await LivesJob.StartAsync(Lab, "node1", "node2");
        await lives.Job.CheckpointAsync();
        await using (var cut = await NodeCut.OffAsync(Lab, 2))
        {
            await RestartElsewhereAsync(lives);
            await Await.UntilAsync("the part on node2 to be frozen", () => IsFrozen(lives.Job, "node2"));
        }

        await AssertOldPartsGoneAsync(lives, "node2");
        await lives.Job.KillAsync();
        lives.AssertOneAtATime();
    }

    [Fact]
    public async Task ALauncherThatIsKilled_LeavesAPartThatFreezesByItself_AndIsEndedByTheNextLauncher()
    {
        await UpAsync();
        var lives = await LivesJob.StartAsync(Lab, "node1", "node2");
        await lives.Job.CheckpointAsync();
        Daemon.Signal(Daemon.Launcher(Lab, 1), "KILL");
        await RestartElsewhereAsync(lives);
        await UpAsync();
        await AssertOldPartsGoneAsync(lives, "node1");
        await lives.Job.KillAsync();
        lives.AssertOneAtATime();
    }

    [Fact]
    public async Task ARestartRightAfterAPowerCut_WaitsForTheDecision_AndSaysSo()
    {
        await UpAsync();
        var lives = await LivesJob.StartAsync(Lab, "node1", "node2");
        var epoch = await lives.Job.CheckpointAsync();
        await CutPowerAsync(1, 2);
        await lives.WaitForNextLifeAsync(async () =>
        {
            var restart = (await lives.Job.RunAsync("restart", epoch.Path, "--nodes", "node3,node4", "--files", "keep", "--detach")).EndsWith(0);
            Assert.Contains("does not answer", restart.Stderr, StringComparison.Ordinal);
            Assert.Contains("waiting until", restart.Stderr, StringComparison.Ordinal);
        });
        Assert.Equal(["node3", "node4"], await lives.Job.NodesAsync());
        await UpAsync();
        await lives.Job.KillAsync();
        lives.AssertOneAtATime();
    }

    [Fact]
    public async Task ACoordinatorThatIsAway_HasJobsFrozenAndNotLost_AndTheyGoOnWhenItIsBack()
    {
        await UpAsync();
        var lives = await LivesJob.StartAsync(Lab, "node1", "node2");
        Daemon.Signal(Daemon.Coordinator(Lab), "KILL");
        await Await.UntilAsync("both parts to be frozen", () => IsFrozen(lives.Job, "node1") && IsFrozen(lives.Job, "node2"));
        var before = lives.Lines().Count;
        await UpAsync();
        await Await.UntilAsync("further lines", () => lives.Lines().Count > before + 10, null, lives.Job.Describe);
        await lives.Job.WaitForStateAsync("Running");
        Assert.Equal(1, lives.LivesOf("node1"));
        await lives.Job.CheckpointAsync();
        await lives.Job.KillAsync();
    }

    [Fact]
    public async Task ANodeThatIsCutOffInAMigration_HoldsTheArrivalBackUntilItsPartIsCertainlyStopped()
    {
        await UpAsync();
        var lives = await LivesJob.StartAsync(Lab, "node1", "node2");
        Lab.SetFaults(2, "kill hang");
        await using var migrate = lives.Job.Hpccr.Start("migrate", lives.Job.Name, "--nodes", "node3,node4");
        await Await.UntilAsync("the epoch to stop the job", () => migrate.Stderr.Contains("hpccr: kill", StringComparison.Ordinal), null, () => migrate.Stderr);
        await using (var cut = await NodeCut.OffAsync(Lab, 2))
        {
            Lab.SetFaults(2);
            await lives.WaitForNextLifeAsync(async () => (await migrate.EndAsync()).EndsWith(0));
        }

        await AssertOldPartsGoneAsync(lives, "node2");
        await lives.Job.KillAsync();
        lives.AssertOneAtATime();
    }

    private static async Task RestartElsewhereAsync(LivesJob lives)
    {
        await lives.Job.WaitForStateAsync("Lost");
        await lives.WaitForNextLifeAsync(async () =>
        {
            (await lives.Job.RunAsync("restart", lives.Job.Name, "--nodes", "node3,node4", "--files", "keep", "--detach")).EndsWith(0);
        });
        Assert.Equal(["node3", "node4"], await lives.Job.NodesAsync());
    }

    private async Task CutPowerAsync(params int[] nodes)
    {
        foreach (var node in nodes)
            (await Hpccr.RunAsync("lab", "kill", $"node{node}")).EndsWith(0);
    }

    private async Task UpAsync()
    {
        (await Hpccr.RunAsync("lab", "up", $"{Lab.Nodes}")).EndsWith(0);
        await Await.UntilAsync("all nodes connected", async () => (await Hpccr.JsonAsync("status")).GetProperty("nodes").EnumerateArray()
            .Count(n => n.GetProperty("state").GetString() == "connected") == Lab.Nodes);
    }

    // The copy that runs is untouched by that.
    private static async Task AssertOldPartsGoneAsync(LivesJob lives, string node)
    {
        await Await.UntilAsync($"the old part on {node} to be gone", () => CgroupsOf(lives.Job, node).Count == 0);
        await lives.Job.WaitForMoreAsync();
        Assert.Equal("Running", await lives.Job.StateAsync());
    }

    private static bool IsFrozen(TestJob job, string node) =>
        CgroupsOf(job, node) is { Count: > 0 } all && all.TrueForAll(folder => File.ReadAllText(Path.Combine(folder, "cgroup.events")).Contains("frozen 1", StringComparison.Ordinal));

    private static List<string> CgroupsOf(TestJob job, string node)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return [.. Directory.EnumerateDirectories("/sys/fs/cgroup", job.Name, options)
            .Where(folder => folder.Contains($"/{node}/", StringComparison.Ordinal) && File.Exists(Path.Combine(folder, "cgroup.freeze")))];
    }
}
