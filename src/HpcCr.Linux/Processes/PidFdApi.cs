using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>pidfd_open(2), pidfd_getfd(2), pidfd_send_signal(2) and waitid(2) on a pidfd. The call numbers are the same on every architecture.</summary>
internal static unsafe partial class PidFdApi
{
    public const int WaitExited = 0x4;
    public const int WaitNoHang = 0x1;
    public const int WaitNoReap = 0x01000000;
    public const int WaitAnyChild = 0x40000000;
    private const int IdIsPidFd = 3;
    private const long SendSignalNumber = 424;
    private const long OpenNumber = 434;
    private const long GetFdNumber = 438;

    public static SafeFileHandle Open(int pid)
    {
        long fd = SystemCall(OpenNumber, pid, 0, 0, 0);
        return fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : throw LinuxException.Last($"pidfd_open({pid})");
    }

    /// <summary>Descriptor or -1, the errno left behind.</summary>
    public static long GetFd(int pidFd, int target) => SystemCall(GetFdNumber, pidFd, target, 0, 0);

    /// <summary>0 or -1, the errno left behind.</summary>
    public static long SendSignal(int pidFd, int signal) => SystemCall(SendSignalNumber, pidFd, signal, 0, 0);

    /// <summary>waitid(P_PIDFD); null when nothing is to be told yet.</summary>
    /// <exception cref="LinuxException">ECHILD: not a child of ours, or reaped already.</exception>
    public static ExitStatus? Wait(int pidFd, int options)
    {
        int* info = stackalloc int[32];
        info[4] = 0;
        int result;
        do
        {
            result = WaitId(IdIsPidFd, (uint)pidFd, info, options | WaitAnyChild);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        if (result < 0)
            throw LinuxException.Last($"waitid(pidfd {pidFd})");

        // siginfo_t: int 2 is si_code (CLD_EXITED is 1, killed and dumped are 2 and 3), int 4 si_pid, int 6 si_status.
        if (info[4] == 0)
            return null;
        return info[2] == 1 ? new ExitStatus(info[6], 0) : new ExitStatus(0, info[6]);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second, long third, long fourth);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static partial int WaitId(int idType, uint id, int* info, int options);
}
