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

    public FileStream OpenImage(string folder, string path, long size)
    {
        try
        {
            var stream = new FileStream(FileBeneath.OpenRead(folder, path), FileAccess.Read, bufferSize: 0);
            var fault = !stream.CanSeek ? ImagePath.Damaged(folder, path, "is no file")
                : stream.Length != size ? ImagePath.OtherSize(folder, path, stream.Length, size)
                : null;
            if (fault is null)
                return stream;
            stream.Dispose();
            throw fault;
        }
        catch (LinuxException e) when (e.Errno is Errno.ELOOP or Errno.EXDEV)
        {
            throw ImagePath.Damaged(folder, path, "is a link, or behind one");
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            throw new FileNotFoundException(e.Message, Path.Combine(folder, path));
        }
        catch (LinuxException e) when (e.Errno == Errno.EACCES)
        {
            throw new UnauthorizedAccessException(e.Message);
        }
    }

    public ulong? InodeOf(string path) => FileStamp.Of(path)?.Inode;

    public SafeFileHandle? OpenFile(string path, FileAccess access)
    {
        try
        {
            return RegularFile.Open(path, access);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
        catch (LinuxException e) when (e.Errno is Errno.EACCES or Errno.EROFS)
        {
            throw new UnauthorizedAccessException($"{path} may not be opened by the job's user", e);
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            throw new IOException($"{path} is no file", e);
        }
    }
}
