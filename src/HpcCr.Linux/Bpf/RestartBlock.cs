namespace HpcCr.Linux;

/// <summary>A thread that was interrupted in a system call which goes on where it was, and what the kernel has noted for that.</summary>
internal sealed record RestartBlock
{
    /// <summary>The thread, in our pid namespace.</summary>
    public required int Thread { get; init; }

    /// <summary>The thread, in its own pid namespace.</summary>
    public required int InnermostThread { get; init; }

    /// <summary>The call's number; that of restart_syscall(2) when it goes on for the second time.</summary>
    public required int Number { get; init; }

    /// <summary>Behind the instruction that made the call.</summary>
    public required ulong InstructionPointer { get; init; }

    /// <summary>Tells programs of 64 bits from those of 32.</summary>
    public required ulong CodeSegment { get; init; }

    /// <summary>The thread's stack.</summary>
    public required ulong StackPointer { get; init; }

    /// <summary>The call's first four arguments: rdi, rsi, rdx, r10.</summary>
    public required IReadOnlyList<ulong> Arguments { get; init; }

    /// <summary>The address of the kernel's function that goes on with the call.</summary>
    public required ulong Function { get; init; }

    /// <summary>Of a sleep: the clock that its end is told in.</summary>
    public required int Clock { get; init; }

    /// <summary>Of a sleep: its end, in ns.</summary>
    public required long Expires { get; init; }

    /// <summary>Of a futex: its end, in ns; monotonic when it was asked for as a duration.</summary>
    public required long FutexTime { get; init; }

    /// <summary>Of a poll: its end, monotonic.</summary>
    public required long PollSeconds { get; init; }

    /// <summary>Of a poll: the fraction of its end, in ns.</summary>
    public required long PollNanoseconds { get; init; }

    /// <summary>Of a poll: it has an end.</summary>
    public required bool PollHasTimeout { get; init; }

    /// <summary>A signal waits for the thread or its process and is not blocked.</summary>
    public required bool HasSignal { get; init; }
}
