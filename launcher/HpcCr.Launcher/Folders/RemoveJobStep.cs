using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Removes the folder of a job that has ended, as its user.</summary>
internal static class RemoveJobStep
{
    private const string RemovingSuffix = ".removing";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(9);

    public static async Task<Reply> RunAsync(RemoveJob request, string job)
    {
        var folder = Path.TrimEndingDirectorySeparator(request.Folder);
        if (!Path.IsPathRooted(folder) || Path.GetFileName(folder) != JobName.Check(job))
            throw new HpcCrException(FailureKind.NotFound, $"{JobName.Printable(folder)} is no folder of job {job}",
                "`hpccr list` shows the jobs there are.");
        try
        {
            var store = StoreOf(request, folder);
            if (!store.Run(() => File.Exists(Path.Combine(folder, JobFolder.Record)) || EpochCatalog.Committed(folder).Count > 0))
            {
                store.Run(() =>
                {
                    Sweep(folder);
                    return 0;
                });
                throw new HpcCrException(FailureKind.NotFound, $"{folder} is no folder of a job", "`hpccr list` shows the jobs there are.");
            }

            var file = new JobRecordFile(store, folder);
            return await file.HoldAsync(() => Remove(file, request, folder, job), Deadline);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"the folder of {job} cannot be removed: {e.Message}",
                "Only the job's owner and root may remove it.");
        }
        catch (IOException e)
        {
            throw new HpcCrException(FailureKind.Failed, $"the folder of {job} cannot be removed: {e.Message}", "Try again.");
        }
    }

    private static Reply Remove(JobRecordFile file, RemoveJob request, string folder, string job)
    {
        if (file.Read() is { } found && IsOthers(found, request))
        {
            var owner = found.Owner.Length > 0 ? $", under {found.Owner}" : "";
            throw new HpcCrException(FailureKind.Failed, $"job {job} is {found.State} by what {folder} says{owner}; nothing was removed",
                "Remove it with that coordinator; if nothing of the job runs any more, remove the folder by hand.");
        }

        var bytes = EpochRemover.BytesOf(folder);
        var epochs = EpochCatalog.Committed(folder).Count;
        // Whole or gone, whenever this is interrupted.
        Directory.Move(folder, $"{folder}{RemovingSuffix}-{Guid.NewGuid():N}");
        Sweep(folder);
        return new Reply { JobRemoved = new JobRemoved { Bytes = (ulong)bytes, Epochs = (uint)epochs } };
    }

    // A later life than the one that is known to be over, or one of which nothing is known and that has not ended.
    private static bool IsOthers(JobRecord found, RemoveJob request) =>
        request.Known ? found.Incarnation > (long)request.Incarnation : !found.State.IsEnded();

    private static void Sweep(string folder)
    {
        foreach (var removing in Directory.GetDirectories(Path.GetDirectoryName(folder)!, Path.GetFileName(folder) + RemovingSuffix + "-*"))
            Directory.Delete(removing, recursive: true);
    }

    // To delete a tree as root that a user may change meanwhile would be to delete whatever the user wants.
    private static StoreAccess StoreOf(RemoveJob request, string folder)
    {
        if (request.Uid != 0 || !Directory.Exists(folder))
            return new StoreAccess(request.Uid, request.Gid);
        using var opened = Descriptors.Open(folder, OpenFor.ReadOnly);
        var owner = FileOwner.Of(opened);
        return owner == 0 ? new StoreAccess(0, 0) : new StoreAccess(owner, UserDatabase.Find(owner)?.Gid ?? owner);
    }
}
