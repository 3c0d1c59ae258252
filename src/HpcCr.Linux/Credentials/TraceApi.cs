using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>ptrace(2) of one process, as far as <see cref="FileIdentity"/> needs it: from syscall to syscall, with x86-64 registers.</summary>
internal static unsafe partial class TraceApi
{
    public const int Continue = 24;    // PTRACE_SYSCALL: up to the next edge of a system call
    public const int GetRegisters = 12;
    public const int SetRegisters = 13;
    public const int Detach = 17;
    public const int Seize = 0x4206;
    public const int Interrupt = 0x4207;
    public const nint MarkSystemCalls = 1;
    public const int SystemCallStop = 5 | 0x80;
    public const int RegisterCount = 27;
    public const byte AtEntry = 1;
    public const byte AtExit = 2;
    private const int GetSystemCall = 0x420e;
    private const int SystemCallSize = 88;
    private const int NumberAt = 3;
    private const int NoHang = 1;
    private const int AnyChild = 0x40000000;

    public static void Ask(int request, int pid, nint address, nint data)
    {
        if (Trace(request, pid, address, data) < 0)
            throw LinuxException.Last($"ptrace({request}, {pid})");
    }

    /// <summary>Whether a stopped process stands at that edge: <see cref="AtEntry"/> of that system call, or <see cref="AtExit"/> of any.</summary>
    public static bool IsAt(int pid, byte edge, ulong number)
    {
        var info = stackalloc ulong[SystemCallSize / sizeof(ulong)];
        Ask(GetSystemCall, pid, SystemCallSize, (nint)info);
        return (byte)info[0] == edge && (edge == AtExit || info[NumberAt] == number);
    }

    /// <summary>Waits until the process stands still, and says why (the signal's number).</summary>
    public static int WaitForStop(int pid, TimeSpan deadline)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < deadline; Thread.Yield())
        {
            int status = 0;
            var found = Wait(pid, &status, NoHang | AnyChild);
            if (found < 0)
                throw LinuxException.Last($"wait4({pid})");
            if (found == pid)
                return (status & 0xff) == 0x7f ? status >> 8 & 0xff : throw new LinuxException($"wait4({pid}), which ended,", Errno.ESRCH);
        }

        throw new TimeoutException($"process {pid} did not stop within {deadline.TotalSeconds:F0} s");
    }

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    private static partial nint Trace(nint request, nint pid, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int Wait(int pid, int* status, int options);
}
