using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>Two users' jobs on the same nodes at once.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5070_TwoUsers(CgroupCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public async Task TwoUsers_OnTheSameNodes_DoNotSeeOrTouchEachOthersJobs()
    {
        string[] sbatch = ["--nodes=2", "--ntasks=2", "--nodelist=sn1,sn2"];
        var elsewhere = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodelist=sn3"], [], ["true"]);
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", sbatch, ["--interval", "1s"], Counting(100_000));
        var other = await SlurmJob.SubmitAsync(Cluster, "bob", sbatch, ["--interval", "1s"], Counting(100_000));
        await job.WaitForEpochAsync();
        await other.WaitForEpochAsync();
        await elsewhere.WaitForStateAsync("COMPLETED");

        // Slurm's limits hold: each rank has the core of its own job, and no other.
        Assert.Single(await CoresAsync("alice"));
        Assert.Single(await CoresAsync("bob"));
        Assert.NotEqual(await CoresAsync("alice"), await CoresAsync("bob"));
        Assert.Equal(other.Name, Assert.Single(await JobsAsync("bob")));
        Assert.Equal(job.Name, Assert.Single(await JobsAsync("alice")));
        foreach (var words in (string[][])[["checkpoint", job.Name], ["kill", job.Name], ["status", job.Name], ["restart", Path.Combine(job.Folder, "epoch-000001")]])
            (await Cluster.HpccrAsync("bob", "sn1", words)).FailsWith(4);
        // Neither the other's sandbox, its sockets, nor its memory.
        var key = $"{(await Cluster.RunAsAsync("alice", "sn1", "id", "-u")).EndsWith(0).Stdout.Trim()}+{job.Name}";
        Assert.Contains(key, await Cluster.ShellAsync("sn1", "ls /run/hpccr/jobs"), StringComparison.Ordinal);
        foreach (var path in (string[])[$"/run/hpccr/jobs/{key}/memory/shm", $"/run/hpccr/jobs/{key}/memory/tmp", $"/run/hpccr/jobs/{key}/memory/staging", "/run/hpccr/slurm", job.Folder])
            Assert.NotEqual(0, (await Cluster.RunAsAsync("bob", "sn1", "ls", path)).ExitCode);
        (await Cluster.RunAsAsync("bob", "sn1", "python3", "-c", $"import socket; socket.socket(socket.AF_UNIX).connect('/run/hpccr/jobs/{key}/guard.sock')")).EndsWith(1);
        // A node that he has not been given takes no job of his, nor does it in alice's name.
        (await Cluster.HpccrAsync("bob", "sn1", "run", "--nodes", "sn3", "--", "true")).FailsWith(4, "node sn3 belongs to Slurm");
        (await Cluster.HpccrAsync("bob", "sn1", "run", "--name", "slurm-999", "--", "true")).FailsWith(4, "kept for a job of Slurm's");
        // One that comes while an epoch is under way is refused for that.
        await Await.UntilAsync("a migration that is refused", async () =>
            (await Cluster.HpccrAsync("bob", "sn1", "migrate", other.Name, "--map", "sn1=sn3")).EndsWith(1).Stderr.Contains("has not been admitted to node sn3", StringComparison.Ordinal));

        await job.CancelAsync();
        await job.WaitForStateAsync("CANCELLED");
        await other.WaitForEpochAsync(other.NewestEpoch + 1);
        await other.CancelAsync();
        await Cluster.AwaitNoTracesAsync();
    }

    private async Task<string[]> CoresAsync(string user) =>
        [.. (await Cluster.ShellAsync("sn1", $"for p in $(pgrep -u {user} mpioutput); do grep Cpus_allowed_list /proc/$p/status; done")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private async Task<string[]> JobsAsync(string user) => [.. (await Cluster.JsonAsync(user, "sn1", "slurm", "status")).GetProperty("jobs").EnumerateArray()
        .Where(job => job.GetProperty("state").GetString() is "Running" or "Checkpointing").Select(job => job.GetProperty("job").GetString()!)];
}
