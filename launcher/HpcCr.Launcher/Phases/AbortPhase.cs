using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Undoes, in reverse, whatever this epoch did here. Idempotent: it may come twice, or for an epoch that never began.</summary>
internal static class AbortPhase
{
    public static async Task<Reply> RunAsync(LocalJob job, int epoch, CancellationToken cancellationToken)
    {
        if (job.Epoch is { } work && work.Epoch == epoch)
        {
            await job.AskAsync(new GuardRequest { Abort = new AbortSandbox { Why = "the coordinator says so" } }, cancellationToken);
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
        Forget(job);
        return new Reply();
    }

    /// <summary>The epoch is over, one way or the other: nothing of it stays on the node.</summary>
    public static void Forget(LocalJob job)
    {
        if (job.Epoch is not { } work)
            return;
        StagingFolders.Remove(work.Staging);
        job.Epoch = null;
    }

    /// <summary>No epoch is under way here, but one may have ended half done, by an earlier launcher's death or the job's end: what it left is removed.</summary>
    public static void DiscardAll(LocalJob job)
    {
        if (Directory.Exists(job.Layout.Staging))
            Directory.Delete(job.Layout.Staging, recursive: true);
        if (!job.Store.Run(() => Directory.Exists(job.Spec.Folder)))
            return;
        foreach (var partial in job.Store.Run(() => Directory.GetDirectories(job.Spec.Folder, "*" + EpochName.PartialSuffix)))
            if (EpochName.ParseAny(Path.GetFileName(partial)) is { } epoch)
                Discard(job, epoch);
    }

    // Every node removes its own folder; whoever is last removes the epoch's.
    private static void Discard(LocalJob job, int epoch) => job.Store.Run(() =>
    {
        var partial = Path.Combine(job.Spec.Folder, EpochName.Partial(epoch));
        var mine = Path.Combine(partial, job.Sandbox);
        if (Directory.Exists(mine))
            Directory.Delete(mine, recursive: true);
        if (!Directory.Exists(partial))
            return 0;
        File.Delete(Path.Combine(partial, Manifest.FileName));
        File.Delete(Path.Combine(partial, Manifest.RestartScriptName));
        try
        {
            Directory.Delete(partial);
        }
        catch (IOException)
        {
            // Another node's folder is still in it, and that node is told to abort too.
        }

        return 0;
    });
}
