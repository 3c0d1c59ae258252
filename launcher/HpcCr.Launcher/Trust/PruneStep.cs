using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Removes the oldest epochs of a job, as its user, and never the newest good one.</summary>
internal static class PruneStep
{
    // A little less than the coordinator waits.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(9);

    public static Reply Run(PruneEpochs request, string job, SigningKey key)
    {
        try
        {
            return StoreOf(request, job, key).RunWithin(Deadline, JobName.Printable(request.Folder), () => Prune(request, job, key));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"the epochs of {job} cannot be removed: {e.Message}", "Only the job's owner and root may remove them.");
        }
        catch (IOException e)
        {
            throw new HpcCrException(FailureKind.Failed, $"the epochs of {job} cannot be removed: {e.Message}", "Those that are left are whole; try again.");
        }
    }

    private static Reply Prune(PruneEpochs request, string job, SigningKey key)
    {
        var remover = new EpochRemover(Durable.SyncDirectory);
        if (!request.DryRun)
            remover.Sweep(request.Folder);
        var committed = EpochCatalog.Committed(request.Folder);
        var old = committed.SkipLast((int)request.Keep).ToList();
        if (old.Count > 0)
        {
            var good = committed.Reverse().FirstOrDefault(e => GoodEpochs.IsGood(e.Path, job, key))
                ?? throw new HpcCrException(FailureKind.Damaged, $"no epoch of {job} in {request.Folder} is signed and has all its files; none was removed",
                    "`hpccr verify` tells what is wrong with each. Remove by hand what you do not want to keep.");
            old.RemoveAll(e => e == good || request.InUse.Contains((uint)e.Epoch));
        }

        var bytes = old.Sum(e => request.DryRun ? EpochRemover.BytesOf(e.Path) : remover.Remove(e));
        return new Reply
        {
            EpochsPruned = new EpochsPruned
            {
                Removed = { old.Select(e => (uint)e.Epoch) },
                Kept = { committed.Except(old).Select(e => (uint)e.Epoch) },
                Bytes = (ulong)bytes,
            },
        };
    }

    // To delete a tree as root that a user may change meanwhile would be to delete whatever the user wants.
    private static StoreAccess StoreOf(PruneEpochs request, string job, SigningKey key)
    {
        if (request.Uid != 0)
            return new StoreAccess(request.Uid, request.Gid);
        foreach (var epoch in EpochCatalog.Committed(request.Folder).Reverse())
        {
            if (GoodEpochs.IsGood(epoch.Path, job, key))
                return new StoreAccess(EpochReader.ReadManifest(epoch.Path).Spec);
        }

        return new StoreAccess(0, 0);
    }
}
