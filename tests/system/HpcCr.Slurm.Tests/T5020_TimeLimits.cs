using System.Globalization;
using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>A job that is longer than its time limit runs through several slots.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5020_TimeLimits(CgroupCluster cluster) : SlurmTest(cluster)
{
    [Fact]
    public async Task ALongJob_RunsThroughThreeShortSlots()
    {
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodes=2", "--ntasks=2", "--time=1"], ["--before-limit", "50s"], Counting(Steps));
        foreach (var slot in (int[])[1, 2])
        {
            await job.WaitForOutputAsync($"was stopped by epoch {slot}");
            await job.LetItBeginAgainAsync(slot);
        }

        await job.WaitForOutputAsync("goes on from epoch 2");
        (await Cluster.RunAsync("ctl", "scontrol", "update", $"jobid={job.Id}", "timelimit=10")).EndsWith(0);
        await job.AssertResultAsync($"final {Steps}");
    }

    [Fact]
    public async Task AnotherScript_TakesOverWithTheEpoch()
    {
        var next = Path.Combine(Cluster.Shared, "next.sh");
        File.WriteAllText(next, $"#!/bin/bash\n#SBATCH --nodes=2 --open-mode=append\nexec {Deployment.Hpccr} slurm run -- {string.Join(' ', Counting(Steps))}\n");
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodes=2", "--ntasks=2", "--time=1"], ["--before-limit", "50s", "--next", next], Counting(Steps));
        await job.WaitForOutputAsync("Submitted batch job");
        await job.WaitForStateAsync("FAILED");
        Assert.Equal("75:0", await job.FactAsync("ExitCode"));

        var other = job with { Id = $"{int.Parse(job.Id, CultureInfo.InvariantCulture) + 1}" };
        await other.WaitForOutputAsync($"job {job.Name} goes on from epoch 1");
        await other.WaitForStateAsync("COMPLETED");
        await job.AssertLinesAsync($"final {Steps}");
    }

    // Twenty-five seconds, in slots of ten.
    private const int Steps = 1250;
}
