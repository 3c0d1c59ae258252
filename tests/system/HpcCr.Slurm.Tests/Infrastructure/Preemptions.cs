namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>What preempted jobs must do, wherever Slurm's signals go.</summary>
internal static class Preemptions
{
    /// <summary>Preempts a job of each MPI family on the same two nodes at once, and waits for their ends on the other two.</summary>
    public static async Task AssertGoOnElsewhereAsync(SlurmCluster cluster)
    {
        List<Solver> solvers = [];
        foreach (var family in (string[])["openmpi", "mpich"])
            solvers.Add(await Solver.SubmitAsync(cluster, family, "preemptible.sh", []));
        foreach (var solver in solvers) await solver.Job.WaitForLinesAsync();
        var before = await solvers[0].RunningNodesAsync();
        Assert.Equal(before, await solvers[1].RunningNodesAsync());

        var rival = await SlurmJob.SubmitRivalAsync(cluster, before);
        foreach (var solver in solvers)
        {
            await solver.Job.LetItBeginAgainAsync();
            Assert.Equal("hpccr: stopped with epoch 1", await solver.Job.FactAsync("Comment"));
        }

        await rival.WaitForStateAsync("RUNNING");
        foreach (var solver in solvers)
        {
            await solver.Job.WaitForOutputAsync("goes on from epoch 1");
            Assert.Empty(before.Intersect(await solver.RunningNodesAsync()));
            await solver.AssertRightAsync();
        }

        await rival.CancelAsync();
        await cluster.AwaitNoTracesAsync();
    }
}
