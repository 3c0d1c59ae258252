using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A timer on <see cref="BootClock"/> (timerfd_create(2)): what was due in a suspend is due at its end.</summary>
public sealed unsafe partial class BootTimer : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int Absolute = 1;
    private const long MillisecondsPerSecond = 1000;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private readonly SafeFileHandle _timer;

    /// <summary>Makes one that never goes off.</summary>
    public BootTimer()
    {
        int fd = Create(BootClock.Id, CloseOnExec);
        _timer = fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw LinuxException.Last("timerfd_create(CLOCK_BOOTTIME)");
    }

    /// <summary>Sets when it goes off, in place of what was set before.</summary>
    /// <param name="milliseconds">The time of <see cref="BootClock"/>; 0: never.</param>
    public void Set(long milliseconds)
    {
        // Interval, then the time itself; zero would mean never.
        long* times = stackalloc long[4];
        times[2] = milliseconds / MillisecondsPerSecond;
        times[3] = milliseconds % MillisecondsPerSecond * NanosecondsPerMillisecond;
        if (SetTime(_timer, Absolute, times, null) != 0)
            throw LinuxException.Last("timerfd_settime()");
    }

    /// <summary>Waits, on the caller's thread and without end, until it goes off.</summary>
    public void Wait()
    {
        ulong expirations;
        while (Read(_timer, &expirations, sizeof(ulong)) < 0)
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.Last("read() of a timer");
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial int Create(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static partial int SetTime(SafeFileHandle timer, int flags, long* times, long* before);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle timer, void* buffer, nint count);
}
