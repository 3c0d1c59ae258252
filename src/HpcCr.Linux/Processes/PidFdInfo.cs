using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The ioctl PIDFD_GET_INFO (linux/pidfd.h): what the kernel keeps of a process for as long as somebody holds a pidfd of it.</summary>
/// <remarks>struct pidfd_info, 64 bytes: mask, cgroup id (64 bits each), eleven ids and the exit code (32 bits each).</remarks>
internal static unsafe partial class PidFdInfo
{
    private const int Bytes = 64;
    private const int ExitCodeOffset = 60;
    private const ulong WithExit = 1 << 3;

    // _IOWR(0xFF, 11, struct pidfd_info)
    private const nuint GetInfo = 0xC000_0000 | (Bytes << 16) | (0xFF << 8) | 11;

    /// <summary>The exit status of a process that has been reaped; null when the kernel does not tell.</summary>
    public static ExitStatus? ExitOf(int pidFd)
    {
        var info = stackalloc byte[Bytes];
        new Span<byte>(info, Bytes).Clear();
        *(ulong*)info = WithExit;
        return Control(pidFd, GetInfo, info) == 0 && (*(ulong*)info & WithExit) != 0 ? ExitStatus.FromWait(*(int*)(info + ExitCodeOffset)) : null;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int fd, nuint request, byte* argument);
}
