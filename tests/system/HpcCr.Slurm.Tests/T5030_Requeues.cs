using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>A job that loses its nodes without a warning goes on from its last periodic epoch.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5030_Requeues(CgroupCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public async Task ScontrolRequeue_GoesOnFromTheLastEpoch()
    {
        var solver = await SubmitAsync();
        (await Cluster.RunAsync("ctl", "scontrol", "requeue", solver.Job.Id)).EndsWith(0);
        await solver.Job.LetItBeginAgainAsync();

        await solver.Job.WaitForOutputAsync("goes on from epoch");
        await solver.AssertRightAsync();
        await Cluster.AwaitNoTracesAsync();
    }

    // The node of the batch script, and the other one.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ALostNode_LeavesTheJobToTheOthers(int which)
    {
        var solver = await SubmitAsync();
        var lost = (await solver.RunningNodesAsync())[which];
        await Cluster.PowerAsync(lost, on: false);
        try
        {
            // Nobody is left there to tell Slurm; by itself it takes three times as long.
            if (which == 0) (await Cluster.RunAsync("ctl", "scontrol", "update", $"nodename={lost}", "state=down", "reason=test")).EndsWith(0);
            await solver.Job.LetItBeginAgainAsync();
            await solver.Job.WaitForOutputAsync("goes on from epoch");
            Assert.DoesNotContain(lost, await solver.RunningNodesAsync());
            await solver.AssertRightAsync();
        }
        finally
        {
            await Cluster.PowerAsync(lost, on: true);
            await Await.UntilAsync($"{lost} back", async () =>
                (await Cluster.RunAsync("ctl", "sinfo", "-h", "-n", lost, "-p", "low", "-o", "%T")).Stdout.Trim() == "idle");
        }

        await Cluster.AwaitNoTracesAsync();
    }

    private async Task<Solver> SubmitAsync()
    {
        var solver = await Solver.SubmitAsync(Cluster, "openmpi", "periodic.sh", [("--interval 10m", "--interval 1s")]);
        await solver.Job.WaitForEpochAsync();
        return solver;
    }
}
