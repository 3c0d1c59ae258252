using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2010_MpiJobs(ManyNodesLab lab) : SystemTest(lab)
{
    private static readonly string[] Arguments = ["--steps", "400", "--pace-us", "5000"];

    [Theory]
    [InlineData("openmpi", 2)]
    [InlineData("openmpi", 4)]
    [InlineData("mpich", 2)]
    [InlineData("mpich", 4)]
    public async Task APlainMpirun_SpreadsOverTheNodes_AndRestartsWithTheChecksumOfAnUndisturbedRun(string family, int nodes)
    {
        var job = await SpreadJob.StartMpiAsync(Lab, family, nodes, "stencil", Arguments);
        await job.WaitForLineAsync("step 20 ");
        // Two ranks on each, and what started them.
        Assert.All(await job.ProcessesAsync(), count => Assert.True(count >= 4, $"{count} processes"));
        var epoch = await job.CheckpointAsync();
        Assert.True(epoch.Connections > 0);
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        Assert.Equal(await SpreadJob.UndisturbedAsync(2 * nodes, "stencil", Arguments), await job.FinalAsync());
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task OneSidedAndCollectiveTraffic_IsCutConsistently(string family)
    {
        // Open MPI 4.1 has no window over TCP here.
        string[] arguments = ["--steps", "150", "--pace-us", "5000", "--rma", family == "mpich" ? "4" : "0"];
        var job = await SpreadJob.StartMpiAsync(Lab, family, 2, "mpistorm", arguments);
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync();
        await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync();
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "mpistorm", arguments), await job.FinalAsync());
    }
}
