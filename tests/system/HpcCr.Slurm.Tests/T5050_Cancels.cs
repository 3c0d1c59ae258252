using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>After scancel nothing of a job is left but its epochs, whatever it was doing.</summary>
public abstract class Cancels(SlurmCluster cluster) : SlurmTest(cluster)
{
    [Theory]
    [InlineData("begins")]
    [InlineData("runs")]
    [InlineData("dumps")]
    [InlineData("is restored")]
    public async Task Scancel_LeavesNothing(string stage)
    {
        var job = await SlurmJob.SubmitAsync(Cluster, "alice", ["--nodes=2", "--ntasks=2"], ["--interval", stage is "dumps" or "is restored" ? "1s" : "1h"], Counting(100_000));
        await job.WaitForStateAsync("RUNNING");
        var nodes = await job.NodesAsync();
        switch (stage)
        {
            case "runs":
                await job.WaitForLinesAsync();
                break;
            case "dumps":
                await Cluster.SetFaultsAsync(nodes[1], "dump hang");
                await AwaitStepAsync(nodes[0], job, "Dump");
                break;
            case "is restored":
                await job.WaitForEpochAsync();
                await Cluster.SetFaultsAsync(nodes[1], "restore hang");
                (await Cluster.RunAsync("ctl", "scontrol", "requeue", job.Id)).EndsWith(0);
                await job.LetItBeginAgainAsync();
                await job.WaitForStateAsync("RUNNING");
                await AwaitStepAsync(nodes[0], job, "PutBack");
                break;
        }

        await job.CancelAsync();
        await job.WaitForStateAsync("CANCELLED");
        await Cluster.AwaitNoTracesAsync();
        await Cluster.SetFaultsAsync(nodes[1], "");
    }

    private Task AwaitStepAsync(string node, SlurmJob job, string step) => Await.UntilAsync($"{step} on {node}",
        async () => (await Cluster.LauncherLogAsync(node)).Split('\n').Any(line => line.Contains($"{job.Name} epoch", StringComparison.Ordinal) && line.EndsWith($": {step}", StringComparison.Ordinal)), explain: job.Describe);
}

/// <summary>Where Slurm ends what is in its cgroups.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5050_Cancels(CgroupCluster cluster) : Cancels(cluster);

/// <summary>Where Slurm knows nothing of processes that it is not the ancestor of.</summary>
[Collection(LinuxprocCluster.Name)]
public sealed class T5051_CancelsByAncestry(LinuxprocCluster cluster) : Cancels(cluster);
