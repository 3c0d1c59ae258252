using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

[Collection(FaultsLab.Name)]
public sealed class T3040_LostNodes(FaultsLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task ANodeWithoutPower_LosesTheJob_AndBringsItBackFromItsEpoch()
    {
        string[] arguments = ["--steps", "600", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync();
        (await Hpccr.RunAsync("lab", "kill", "node2")).EndsWith(0);
        await job.WaitForStateAsync("Lost");
        Assert.Contains("node2", (await job.StatusAsync()).GetProperty("reason").GetString(), StringComparison.Ordinal);
        (await Hpccr.RunAsync("lab", "up", "2")).EndsWith(0);
        await Unharmed.NothingLeftAsync(Lab, job);
        await job.RestartAsync();
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.ResultAsync());
    }

    [Fact]
    public async Task ACheckpointDirectoryThatTheNodesDoNotShare_IsRefusedBeforeTheJobStarts()
    {
        // /dev/shm is each node's own.
        var refused = await Hpccr.RunAsync("run", "--nodes", "node1,node2", "--ckpt-dir", "/dev/shm", "--detach", "--", "true");
        Assert.Contains(refused.ExitCode, new[] { 1, 6, 125 });
        Assert.Contains("node2", refused.Stderr, StringComparison.Ordinal);
        Assert.Contains("/dev/shm", refused.Stderr, StringComparison.Ordinal);
    }
}
