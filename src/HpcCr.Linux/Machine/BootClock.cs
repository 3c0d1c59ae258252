using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>CLOCK_BOOTTIME: milliseconds since the node's boot, suspends included. All processes of a node read the same.</summary>
public static unsafe partial class BootClock
{
    internal const int Id = 7;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long MillisecondsPerSecond = 1000;

    /// <summary>Now.</summary>
    public static long Milliseconds
    {
        get
        {
            long* time = stackalloc long[2];
            return GetTime(Id, time) == 0
                ? (time[0] * MillisecondsPerSecond) + (time[1] / NanosecondsPerMillisecond)
                : throw LinuxException.Last("clock_gettime(CLOCK_BOOTTIME)");
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, long* time);
}
