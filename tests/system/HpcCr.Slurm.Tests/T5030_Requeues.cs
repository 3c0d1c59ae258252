using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>A job that loses its nodes without a warning goes on from its last periodic epoch.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5030_Requeues(CgroupCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public async Task ScontrolRequeue_GoesOnFromTheLastEpoch()
    {
        var job = await SubmitAsync();
        (await Cluster.RunAsync("ctl", "scontrol", "requeue", job.Id)).EndsWith(0);
        await job.LetItBeginAgainAsync();

        await job.WaitForOutputAsync("goes on from epoch");
        await job.AssertResultAsync($"final {Steps}");
        await Cluster.AwaitNoTracesAsync();
    }

    [Fact]
    public async Task ALostNode_LeavesTheJobToTheOthers()
    {
        var job = await SubmitAsync();
        var lost = (await job.NodesAsync())[1];
        await Cluster.PowerAsync(lost, on: false);
        try
        {
            await job.LetItBeginAgainAsync();
            await job.WaitForOutputAsync("goes on from epoch");
            Assert.DoesNotContain(lost, await job.NodesAsync());
            await job.AssertResultAsync($"final {Steps}");
        }
        finally
        {
            await Cluster.PowerAsync(lost, on: true);
            await Await.UntilAsync($"{lost} back", async () =>
                (await Cluster.RunAsync("ctl", "sinfo", "-h", "-n", lost, "-p", "low", "-o", "%T")).Stdout.Trim() == "idle");
        }

        await Cluster.AwaitNoTracesAsync();
    }

    private const int Steps = 400;

    private async Task<SlurmJob> SubmitAsync()
    {
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodes=2", "--ntasks=2"], ["--interval", "1s", "--keep", "2"], Counting(Steps));
        await job.WaitForEpochAsync();
        return job;
    }
}
