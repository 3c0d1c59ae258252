using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>What a user is told of a job, by HpcCr and by Slurm's own commands.</summary>
[Collection(LinuxprocCluster.Name)]
public sealed class T5090_Words(LinuxprocCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public async Task AJob_TellsItsEpochs_AndThatTheTimeToStopItIsTooShort()
    {
        const string TooShort = "--before-limit is 0 s: that may be too short to stop it";
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodelist=sn1", "--partition=hasty", "--time=10"], ["--interval", "1s", "--before-limit", "1ms"], Counting(100_000));
        await job.WaitForOutputAsync("a preemption in partition hasty leaves no time for an epoch");
        await job.WaitForOutputAsync(TooShort);

        var shown = Assert.Single((await Cluster.JsonAsync("alice", "sn1", "slurm", "status", job.Id)).GetProperty("jobs").EnumerateArray());
        Assert.Equal((job.Name, "RUNNING", $"{job.Id}"), (shown.GetProperty("job").GetString(), shown.GetProperty("slurmState").GetString(), $"{shown.GetProperty("slurmJob")}"));
        Assert.NotEqual(0, shown.GetProperty("epochs").GetInt32());
        Assert.Contains($"{job.Id} RUNNING {job.Name}", string.Join(' ', (await Cluster.HpccrAsync("alice", "sn1", "slurm", "status")).EndsWith(0).Stdout.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        await job.UntilAsync("an epoch in squeue's comment", async () => (await Cluster.RunAsync("ctl", "squeue", "-h", "-j", job.Id, "-o", "%k")).Stdout.StartsWith("hpccr: newest epoch ", StringComparison.Ordinal));

        // Once more, and now from the beginning.
        (await Cluster.RunAsync("ctl", "scontrol", "requeue", job.Id)).EndsWith(0);
        await job.LetItBeginAgainAsync();
        await job.UntilAsync("a warning at the start", () => Task.FromResult(job.Output.Split("goes on from epoch") is [_, var resumed] && resumed.Contains(TooShort, StringComparison.Ordinal)));
        await job.CancelAsync();
        await Cluster.AwaitNoTracesAsync();
    }

    [Fact]
    public async Task RanksThatAScriptStartsWithSrun_KeepItFromEpochs_AndAreNamed()
    {
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodelist=sn1"], ["--interval", "1s"], ["sh", "-c", "srun --overlap --mpi=none sleep 1000; true"]);
        await job.WaitForOutputAsync("no epoch, and it is tried again: ");
        Assert.Matches(@"srun \(pid [0-9]+\) on sn1 starts ranks as a step of Slurm's, outside of the job", job.Output);
        Assert.Contains("mpirun ./app", job.Output, StringComparison.Ordinal);
        Assert.Equal(0, job.NewestEpoch);
        await job.CancelAsync();
        await Cluster.AwaitNoTracesAsync();
    }

    [Fact]
    public async Task TheExampleOfAnArray_Runs()
    {
        var array = await Solver.SubmitAsync(Cluster, "openmpi", "array.sh", [], "--nodes=1", "--ntasks=1", "--array=1-2");
        foreach (var element in (string[])["1", "2"])
        {
            var job = array.Job with { Id = $"{array.Job.Id}_{element}" };
            await job.AssertCompletedAsync();
            Assert.Equal($"case.{element}\n", job.Output);
        }
    }
}
