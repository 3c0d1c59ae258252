using System.Globalization;
using System.Text.RegularExpressions;
using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>Jobs that are longer than their time limit run through several slots.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5020_TimeLimits(CgroupCluster cluster) : SlurmTest(cluster)
{
    // Slurm knows no limit below a minute.
    private static readonly (string, string) OneMinute = ("--nodes=2 --ntasks=8 --time=30", "--nodes=2 --ntasks=2 --time=1");

    [Fact]
    public async Task LongJobs_RunThroughThreeShortSlots_RequeuedOrSubmittedAnew()
    {
        await Task.WhenAll(RequeuedAsync(), SubmittedAnewAsync());
        await Cluster.AwaitNoTracesAsync();
    }

    private async Task RequeuedAsync()
    {
        var solver = await Solver.SubmitAsync(Cluster, "openmpi", "short-slots.sh", [OneMinute, ("--before-limit 5m", "--before-limit 55s")]);
        foreach (var slot in (int[])[1, 2])
        {
            await solver.Job.WaitForOutputAsync($"was stopped by epoch {slot}");
            await solver.Job.LetItBeginAgainAsync(slot);
        }

        await solver.Job.WaitForOutputAsync("goes on from epoch 2");
        await ProlongAsync(solver.Job);
        await solver.AssertRightAsync();
    }

    private async Task SubmittedAnewAsync()
    {
        var solver = await Solver.SubmitAsync(Cluster, "mpich", "short-slots.sh", [OneMinute, ("--before-limit 5m", "--before-limit 55s --next short-slots.sh")]);
        var slot = solver.Job;
        foreach (var epoch in (int[])[1, 2])
        {
            await slot.WaitForOutputAsync("Submitted batch job");
            await slot.WaitForStateAsync("FAILED");
            Assert.Equal("75:0", await slot.FactAsync("ExitCode"));
            slot = slot with { Id = Regex.Match(slot.Output, "Submitted batch job ([0-9]+)").Groups[1].Value };
            await slot.WaitForOutputAsync($"job {solver.Job.Name} goes on from epoch {epoch.ToString(CultureInfo.InvariantCulture)}");
        }

        await ProlongAsync(slot);
        await solver.AssertRightAsync(slot);
    }

    private async Task ProlongAsync(SlurmJob job) => (await Cluster.RunAsync("ctl", "scontrol", "update", $"jobid={job.Id}", "timelimit=10")).EndsWith(0);
}
