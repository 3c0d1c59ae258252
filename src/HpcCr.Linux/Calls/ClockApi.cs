using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>clock_gettime(2).</summary>
internal static unsafe partial class ClockApi
{
    /// <summary>What a clock shows, in ns.</summary>
    /// <exception cref="LinuxException">There is no such clock.</exception>
    public static long Now(int clock)
    {
        var time = stackalloc long[2];
        return GetTime(clock, time) == 0 ? (time[0] * 1_000_000_000) + time[1] : throw LinuxException.Last($"clock_gettime({clock})");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, long* time);
}
