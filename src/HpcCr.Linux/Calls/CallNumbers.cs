namespace HpcCr.Linux;

/// <summary>Numbers of the system calls that go on where they were after an interruption, x86-64.</summary>
public static class CallNumbers
{
    /// <summary>The code segment of a program of 64 bits.</summary>
    public const ulong LongMode = 0x33;

    /// <summary>poll(2).</summary>
    public const int Poll = 7;

    /// <summary>nanosleep(2).</summary>
    public const int NanoSleep = 35;

    /// <summary>futex(2).</summary>
    public const int Futex = 202;

    /// <summary>restart_syscall(2).</summary>
    public const int Restart = 219;

    /// <summary>clock_nanosleep(2).</summary>
    public const int ClockNanoSleep = 230;

    private const int FutexCommand = 0x7f;
    private const int FutexWait = 0;

    /// <summary>Whether a call of this number goes on with what is noted in the kernel, so that the engine makes EINTR of it.</summary>
    /// <param name="number">The call.</param>
    public static bool IsRestartable(long number) => number is Poll or NanoSleep or Futex or ClockNanoSleep;

    /// <summary>Whether a futex operation takes its time as a duration; else it is a point in time and stays right.</summary>
    internal static bool IsForDuration(ulong operation) => ((int)operation & FutexCommand) == FutexWait;
}
