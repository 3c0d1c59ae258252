using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Store;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Launcher;

/// <summary>The store as the job's user sees it.</summary>
/// <param name="uid">The user.</param>
/// <param name="gid">Their group.</param>
/// <param name="faults">What tests make the disk fail at (<see cref="FaultHooks"/>); null: nothing.</param>
internal sealed class StoreAccess(uint uid, uint gid, string? faults = null) : IStoreAccess
{
    private readonly IReadOnlyList<uint> _groups = UserDatabase.Groups(uid, gid);

    public StoreAccess(JobSpec spec, string? faults = null)
        : this(spec.Uid, spec.Gid, faults)
    {
    }

    public T Run<T>(Func<T> operation) => uid == 0 ? operation() : UserThread.Run(uid, gid, _groups, operation);

    public void Before(StoreOperation operation)
    {
        if (faults is not null)
            FaultHooks.At(faults, operation);
    }

    /// <summary>Makes a folder's entries durable.</summary>
    public void SyncDirectory(string path)
    {
        Before(StoreOperation.Fsync);
        Durable.SyncDirectory(path);
    }

    /// <summary>
    /// As <c>Run</c>, for what a user only names: it may lie on a file system that never answers. Work that is late goes on without us, and a user with
    /// too much of that is refused.
    /// </summary>
    /// <exception cref="HpcCrException">It took too long (failed).</exception>
    public T RunWithin<T>(TimeSpan deadline, string what, Func<T> operation)
    {
        try
        {
            return UserThread.Run(uid, gid, _groups, operation, deadline);
        }
        catch (TimeoutException e)
        {
            throw new HpcCrException(FailureKind.Failed, $"{what} could not be read: {e.Message}", "See whether its file system answers.");
        }
    }

    public FileStream OpenImage(string folder, string path, long size) => SafeFiles.OpenImage(folder, path, size);

    public SafeFileHandle? OpenFile(string path, FileAccess access) => SafeFiles.OpenFile(path, access);
}
