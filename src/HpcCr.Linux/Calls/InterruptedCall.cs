namespace HpcCr.Linux;

/// <summary>
/// A system call in which a thread was interrupted by the freezer and which is entered once more, with the time that it has left. Left
/// alone, the kernel goes on
/// with it by itself; the engine ends it with EINTR.
/// </summary>
/// <remarks>x86-64.</remarks>
/// <param name="Thread">The thread, in our pid namespace.</param>
/// <param name="InnermostThread">The thread, in its own pid namespace, as images number it.</param>
/// <param name="Number">The call.</param>
/// <param name="InstructionPointer">Behind the instruction that made it.</param>
/// <param name="StackPointer">The thread's stack.</param>
/// <param name="Argument">Which argument says how long it lasts (0 to 3: rdi, rsi, rdx, r10); -1: none, or one that stays right.</param>
/// <param name="IsPointer">That argument points to a timespec; else it is a number of milliseconds.</param>
/// <param name="Clock">The clock of its end.</param>
/// <param name="End">When it ends, in ns of that clock.</param>
/// <param name="HasSignal">A signal waits for the thread, so that EINTR may be what it is to see.</param>
public sealed record InterruptedCall(
    int Thread, int InnermostThread, int Number, ulong InstructionPointer, ulong StackPointer,
    int Argument = -1, bool IsPointer = false, int Clock = 1, long End = 0, bool HasSignal = false)
{
    // A function may use so much below its stack pointer without moving that (System V ABI), and the kernel leaves it alone too.
    private const int RedZone = 128;
    private const int TimeSpecBytes = 16;

    /// <summary>
    /// Where the remaining time is put for the call to read: memory that the thread cannot count on, as the kernel writes there at any
    /// signal.
    /// </summary>
    public ulong Scratch => (StackPointer - RedZone - TimeSpecBytes) & ~15ul;

    /// <summary>What the argument is to be when so much time is left; a call whose time is over ends at once.</summary>
    /// <param name="now">Now, in ns of <see cref="Clock"/>.</param>
    public ulong ArgumentAt(long now) => IsPointer ? Scratch : (ulong)((Remaining(now) + 999_999) / 1_000_000);

    /// <summary>How long it has left, in ns.</summary>
    /// <param name="now">Now, in ns of <see cref="Clock"/>.</param>
    public long Remaining(long now) => Math.Max(0, End - now);

    /// <summary>Understands what the kernel has noted.</summary>
    /// <param name="block">The kernel's note.</param>
    /// <param name="names">Names of kernel functions, for a call that goes on for the second time.</param>
    /// <returns>Null for a program of 32 bits, or a call that is not known: the engine's EINTR stays.</returns>
    internal static InterruptedCall? From(RestartBlock block, KernelFunctions names)
    {
        if (block.CodeSegment != CallNumbers.LongMode)
            return null;
        int number = block.Number == CallNumbers.Restart ? NumberOf(names.NameOf(block.Function), block.Arguments) : block.Number;
        var call = new InterruptedCall(block.Thread, block.InnermostThread, number, block.InstructionPointer, block.StackPointer)
        {
            HasSignal = block.HasSignal,
        };
        long pollEnd = (block.PollSeconds * 1_000_000_000) + block.PollNanoseconds;
        return number switch
        {
            CallNumbers.Poll when block.PollHasTimeout => call with { Argument = 2, End = pollEnd },
            CallNumbers.Poll => call,
            CallNumbers.NanoSleep => call with { Argument = 0, IsPointer = true, Clock = block.Clock, End = block.Expires },
            CallNumbers.ClockNanoSleep when HasSimpleClock(block) =>
                call with { Argument = 2, IsPointer = true, Clock = block.Clock, End = block.Expires },
            CallNumbers.ClockNanoSleep => call,
            CallNumbers.Futex when CallNumbers.IsForDuration(block.Arguments[1]) =>
                call with { Argument = 3, IsPointer = true, End = block.FutexTime },
            CallNumbers.Futex => call,
            _ => null,
        };
    }

    // Of a clock that counts processor time, or wakes the machine, what is left is not known: the sleep begins anew.
    private static bool HasSimpleClock(RestartBlock block) => block.Arguments[0] is 0 or 1 or 7 or 11;

    // The number of the call is gone; its arguments are still there.
    private static int NumberOf(string? function, IReadOnlyList<ulong> arguments) => function switch
    {
        "do_restart_poll" => CallNumbers.Poll,
        "futex_wait_restart" => CallNumbers.Futex,
        // The first argument of nanosleep is an address, that of clock_nanosleep a small number.
        "hrtimer_nanosleep_restart" => arguments[0] < 4096 ? CallNumbers.ClockNanoSleep : CallNumbers.NanoSleep,
        _ => 0,
    };
}
