using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>open(2), dup3(2), fsync(2), fchmod(2), lchown(2): file calls whose exact semantics count.</summary>
internal static partial class FileApi
{
    public const int WriteOnly = 0x1;
    public const int CreateNew = 0xC0;
    public const int CloseOnExec = 0x80000;
    private const int FdCloseOnExec = 1;
    private const int GetFlags = 1;
    private const int SetFlags = 2;

    // O_DIRECTORY is one of the few flags that differ by architecture.
    public static int DirectoryOnly => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    public static SafeFileHandle Open(string path, int flags, uint mode = 0)
    {
        int fd;
        do
        {
            fd = OpenFile(path, flags | CloseOnExec, mode);
        }
        while (fd < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw LinuxException.Last($"open({path})");
    }

    public static void Sync(SafeFileHandle handle, string path)
    {
        if (SyncFile(handle) != 0)
            throw LinuxException.Last($"fsync({path})");
    }

    public static void SetMode(SafeFileHandle handle, uint mode, string path)
    {
        if (ChangeMode(handle, mode) != 0)
            throw LinuxException.Last($"fchmod({path}, {Convert.ToString(mode, 8)})");
    }

    public static void SetOwner(string path, uint uid, uint gid)
    {
        if (ChangeOwner(path, uid, gid) != 0)
            throw LinuxException.Last($"lchown({path}, {uid}, {gid})");
    }

    /// <summary>Makes <paramref name="target"/> a copy of the handle's descriptor, without close-on-exec.</summary>
    public static void DuplicateOnto(SafeFileHandle handle, int target)
    {
        if (DuplicateTwo(handle, target) < 0)
            throw LinuxException.Last($"dup2({target})");
    }

    /// <summary>Whether the descriptor was given close-on-exec rather than the opposite.</summary>
    public static void SetCloseOnExec(int fd, bool closed)
    {
        int flags = Fcntl(fd, GetFlags, 0);
        if (flags < 0 || Fcntl(fd, SetFlags, closed ? flags | FdCloseOnExec : flags & ~FdCloseOnExec) < 0)
            throw LinuxException.Last($"fcntl({fd}, F_SETFD)");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(SafeFileHandle fd);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(SafeFileHandle fd, uint mode);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int DuplicateTwo(SafeFileHandle fd, int target);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int fd, int command, nint argument);
}
