using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>ptrace(2) of one process, as far as <see cref="ThreadCalls"/> needs it, with x86-64 registers.</summary>
internal static unsafe partial class TraceApi
{
    public const int GetRegisters = 12;
    public const int SetRegisters = 13;
    public const int Detach = 17;
    public const int Seize = 0x4206;
    public const int Interrupt = 0x4207;
    public const int RegisterCount = 27;
    private const int NoHang = 1;
    private const int AnyChild = 0x40000000;

    public static void Ask(int request, int pid, nint address, nint data)
    {
        if (Trace(request, pid, address, data) < 0)
            throw LinuxException.Last($"ptrace({request}, {pid})");
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
