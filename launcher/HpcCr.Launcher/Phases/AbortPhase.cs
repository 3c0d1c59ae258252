using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Undoes, in reverse, whatever this epoch did here. Idempotent: it may come twice, or for an epoch that never began.</summary>
internal static class AbortPhase
{
    /// <param name="job">The job.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="cancellationToken">Gives up asking the guard.</param>
    /// <param name="isCommitted">Whether the epoch exists, and only what it has left here goes.</param>
    public static async Task<Reply> RunAsync(LocalJob job, int epoch, CancellationToken cancellationToken, bool isCommitted = false)
    {
        if (job.Epoch is { } work && work.Epoch == epoch)
        {
            await job.AskAsync(new GuardRequest { Abort = new AbortSandbox { Why = "the coordinator says so" } }, cancellationToken);
            await (isCommitted ? PluginSteps.EndAsync(job) : PluginSteps.AbortAsync(job));
            Forget(job);
        }

        Discard(job, epoch);
        return new Reply();
    }

    /// <summary>The coordinator runs one epoch at a time: an older one here is over, and its abort did not reach this node.</summary>
    public static async Task EndStaleAsync(LocalJob job, int epoch, CancellationToken cancellationToken)
    {
        if (job.Epoch is { } stale && stale.Epoch < epoch)
            await RunAsync(job, stale.Epoch, cancellationToken);
    }

    /// <summary>
    /// Undoes an epoch whose coordinator went away. What is sealed stays in the store: the head node may be committing it.
    /// </summary>
    public static async Task<Reply> AbandonAsync(LocalJob job, EpochWork epoch, CancellationToken cancellationToken)
    {
        if (!epoch.IsSealed)
            return await RunAsync(job, epoch.Epoch, cancellationToken);
        await job.AskAsync(new GuardRequest { Abort = new AbortSandbox { Why = "the coordinator went away" } }, cancellationToken);
        await PluginSteps.EndAsync(job);
        Forget(job);
        return new Reply();
    }

    /// <summary>The epoch is over, one way or the other: nothing of it stays on the node.</summary>
    public static void Forget(LocalJob job)
    {
        if (job.Epoch is not { } work)
            return;
        work.JobFiles?.Dispose();
        StagingFolders.Remove(work.Staging);
        job.Epoch = null;
    }

    /// <summary>
    /// No epoch of the job is under way on any node, or none older than one: what such epochs have left in the store is removed, with the parts of
    /// nodes that cannot do so any more.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="before">The number of the one that is under way, if one is.</param>
    public static void DiscardAll(LocalJob job, int before = int.MaxValue)
    {
        string[] suffixes = [EpochName.PartialSuffix, EpochName.AbortedSuffix];
        var left = job.Store.Run(() => Directory.Exists(job.Spec.Folder) ? suffixes.SelectMany(suffix => Directory.GetDirectories(job.Spec.Folder, "epoch-*" + suffix)).ToList() : []);
        foreach (var epoch in left.Select(path => EpochName.ParseAny(Path.GetFileName(path))).OfType<int>().Where(epoch => epoch < before).Distinct())
            Discard(job, epoch);
    }

    // To abort is to abort on all nodes, and a commit that is under way all the same meets the rename: the epoch is whole or gone.
    private static int Discard(LocalJob job, int epoch) => job.Store.Run(() =>
    {
        var partial = Path.Combine(job.Spec.Folder, EpochName.Partial(epoch));
        var aborted = Path.Combine(job.Spec.Folder, EpochName.Aborted(epoch));
        while (Directory.Exists(partial))
        {
            DeleteTree(aborted);
            try
            {
                Directory.Move(partial, aborted);
            }
            catch (IOException) when (!Directory.Exists(partial) || Directory.Exists(aborted))
            {
                // Another node was quicker, or it has just been committed.
            }
        }

        DeleteTree(aborted);
        return 0;
    });

    // Other nodes may remove the same at the same time.
    private static void DeleteTree(string folder)
    {
        while (Directory.Exists(folder))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
            {
                // One of them was quicker with a part of it.
            }
        }
    }
}
