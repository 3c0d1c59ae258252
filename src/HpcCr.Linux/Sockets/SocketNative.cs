using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>Socket options, and sockets of other processes (pidfd_open(2), pidfd_getfd(2)).</summary>
internal static partial class SocketNative
{
    internal const int LevelSocket = 1;
    internal const int LevelTcp = 6;
    internal const int ReuseAddress = 2;
    internal const int KeepAlive = 9;
    internal const int AcceptConnections = 30;
    internal const int Protocol = 38;
    internal const int Domain = 39;
    internal const int Cookie = 57;
    internal const int TcpUserTimeout = 18;
    internal const int TcpRepair = 19;

    // One number on every architecture; the C library has wrappers only since glibc 2.36.
    private const nint PidfdOpenNumber = 434;
    private const nint PidfdGetfdNumber = 438;

    internal static int PidfdOpen(int pid) => (int)Syscall(PidfdOpenNumber, pid, 0, 0);

    internal static int PidfdGetfd(SafeFileHandle process, int descriptor)
    {
        var added = false;
        try
        {
            process.DangerousAddRef(ref added);
            return (int)Syscall(PidfdGetfdNumber, process.DangerousGetHandle(), descriptor, 0);
        }
        finally
        {
            if (added)
                process.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(SafeFileHandle socket, int level, int option, out int value, ref uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(SafeFileHandle socket, int level, int option, out ulong value, ref uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(SafeFileHandle socket, int level, int option, in int value, uint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint first, nint second, nint third);
}
