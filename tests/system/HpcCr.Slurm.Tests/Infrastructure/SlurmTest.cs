namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>A test on a real Slurm cluster; skipped with the reason where none can be had.</summary>
public abstract class SlurmTest : IAsyncDisposable
{
    /// <summary>Takes the cluster.</summary>
    protected SlurmTest(SlurmCluster cluster)
    {
        Assert.SkipWhen(cluster.Obstacle is not null, cluster.Obstacle ?? "");
        Cluster = cluster;
    }

    /// <summary>What a test that has failed leaves in the queue is in nobody's way.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var user in (string[])["alice", "bob"])
            await Cluster.RunAsync("ctl", "scancel", "--user", user);
    }

    /// <summary>The cluster.</summary>
    private protected SlurmCluster Cluster { get; }

    /// <summary>An MPI program of two ranks that counts, fifty times a second.</summary>
    private protected static string[] Counting(int steps) =>
        ["mpirun.openmpi", TestPrograms.Mpi("mpioutput", "openmpi"), "--steps", $"{steps}", "--pace-us", "20000", "--file", $"rank.{Guid.NewGuid():N}"];
}
