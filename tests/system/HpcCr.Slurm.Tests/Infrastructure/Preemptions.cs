namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>What a preempted job must do, wherever Slurm's signals go.</summary>
internal static class Preemptions
{
    /// <summary>Preempts a job of two nodes, and waits for its end on the others.</summary>
    public static async Task AssertGoesOnElsewhereAsync(SlurmCluster cluster, IReadOnlyList<string> sbatch, IReadOnlyList<string> command, Task<string> result)
    {
        var job = await SlurmJob.SubmitAsync(cluster, "alice", ["--nodes=2", "--ntasks=2", .. sbatch], [], command);
        await job.WaitForLinesAsync();
        var before = await job.NodesAsync();
        var rival = await SlurmJob.SubmitRivalAsync(cluster, before);
        await job.LetItBeginAgainAsync();
        Assert.Equal("hpccr: stopped with epoch 1", await job.FactAsync("Comment"));
        await rival.WaitForStateAsync("RUNNING");

        await job.WaitForOutputAsync("goes on from epoch 1");
        Assert.Empty(before.Intersect(await job.NodesAsync()));
        await job.AssertResultAsync(await result);
        await rival.CancelAsync();
        await cluster.AwaitNoTracesAsync();
    }
}
