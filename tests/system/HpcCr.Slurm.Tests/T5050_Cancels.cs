using HpcCr.SlurmTests.Infrastructure;

namespace HpcCr.SlurmTests;

/// <summary>After scancel nothing of a job is left but its epochs, whatever it was doing: no process, lock, folder or cgroup.</summary>
public abstract class Cancels(SlurmCluster cluster) : SlurmTest(cluster)
{
    private const string Some = "sn1,sn2", Others = "sn3,sn4";

    /// <summary>One job for each stage, all cancelled at once.</summary>
    [Fact]
    public async Task Scancel_AtEveryStage_LeavesNothing()
    {
        var stopping = await SubmitAsync(Some);
        var running = await SubmitAsync(Some);
        var requeued = await SubmitAsync(Others);
        var restored = await SubmitAsync(Others);
        foreach (var job in (SlurmJob[])[stopping, running, requeued, restored]) await job.WaitForLinesAsync();

        foreach (var job in (SlurmJob[])[requeued, restored]) await job.WarnAsync();
        await requeued.WaitForRequeueAsync();
        await restored.WaitForRequeueAsync();
        await HoldAsync("restore", "sn4", () => restored.LetItBeginAgainAsync());
        // Before anything is written; and where the dump is through, and a job that is to end stands still for its images to become durable.
        await HoldAsync("dump", "sn2", () => stopping.WarnAsync());
        var sealing = await SubmitAsync("sn1");
        await sealing.WaitForLinesAsync();
        await HoldAsync("seal", "sn1", () => sealing.WarnAsync());
        SlurmJob? dumping = null;
        await HoldAsync("dump", "sn3", async () => dumping = await SubmitAsync(Others, "--interval", "1s"));
        var beginning = await SubmitAsync(Some);
        await beginning.WaitForStateAsync("RUNNING");

        SlurmJob[] all = [beginning, running, stopping, sealing, dumping!, requeued, restored];
        (await Cluster.RunAsAsync("alice", "ctl", ["scancel", .. all.Select(job => job.Id)])).EndsWith(0);
        foreach (var job in all) await job.WaitForStateAsync("CANCELLED");
        await Cluster.AwaitNoTracesAsync();
        foreach (var node in SlurmCluster.Nodes) await Cluster.SetFaultsAsync(node, "");
    }

    private Task<SlurmJob> SubmitAsync(string nodes, params IReadOnlyList<string> run) =>
        SlurmJob.SubmitAsync(Cluster, "alice", [$"--nodelist={nodes}", "--ntasks-per-node=1", "--oversubscribe"], run, Counting(100_000));

    // A launcher tells which step it holds.
    private async Task HoldAsync(string step, string node, Func<Task> begin)
    {
        await Cluster.SetFaultsAsync(node, $"{step} hang\n");
        await begin();
        await Await.UntilAsync($"{step} held on {node}", async () => (await Cluster.RunAsync(node, "cat", "/run/hpccr/faults.held")).Stdout == step, SlurmJob.Patience);
    }
}

/// <summary>Where Slurm ends what is in its cgroups.</summary>
[Collection(CgroupCluster.Name)]
public sealed class T5050_Cancels(CgroupCluster cluster) : Cancels(cluster);

/// <summary>Where Slurm knows nothing of processes that it is not the ancestor of.</summary>
[Collection(LinuxprocCluster.Name)]
public sealed class T5051_CancelsByAncestry(LinuxprocCluster cluster) : Cancels(cluster);
