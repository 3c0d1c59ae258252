using HpcCr.Linux;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>The store as the job's user sees it.</summary>
internal sealed class StoreAccess(uint uid, uint gid) : IStoreAccess
{
    private readonly IReadOnlyList<uint> _groups = UserDatabase.Groups(uid, gid);

    public StoreAccess(JobSpec spec)
        : this(spec.Uid, spec.Gid)
    {
    }

    public T Run<T>(Func<T> operation) => uid == 0 ? operation() : UserThread.Run(uid, gid, _groups, operation);
}
