namespace HpcCr.Linux;

/// <summary>Sets the registers of frozen threads, by ptrace(2), so that the kernel enters their system calls once more.</summary>
internal static unsafe class ThreadCalls
{
    private const int Interrupted = -4;         // -EINTR
    private const int RestartUnlessHandled = -514;  // -ERESTARTNOHAND: EINTR when a signal's handler runs first, else the call once more

    // struct user_regs_struct
    private const int R10 = 7;
    private const int Result = 10;
    private const int Rdx = 12;
    private const int Rsi = 13;
    private const int Rdi = 14;
    private const int Number = 15;
    private const int InstructionPointer = 16;
    private const int StackPointer = 19;
    private static readonly int[] Arguments = [Rdi, Rsi, Rdx, R10];

    /// <summary>Does so. All calls must come from one thread, which traces them meanwhile.</summary>
    /// <returns>How many threads enter their calls; one that has ended, or that is traced by somebody, does not.</returns>
    public static int Reenter(IReadOnlyList<InterruptedCall> calls, TimeSpan deadline)
    {
        // First all are told to stop, so that one does not wait for the other.
        var seized = calls.Where(call => Try(() =>
        {
            TraceApi.Ask(TraceApi.Seize, call.Thread, 0, 0);
            TraceApi.Ask(TraceApi.Interrupt, call.Thread, 0, 0);
        })).ToList();
        return seized.Count(call => Try(() =>
        {
            TraceApi.WaitForStop(call.Thread, deadline);
            SetRegisters(call);
        }) & Try(() => TraceApi.Ask(TraceApi.Detach, call.Thread, 0, 0)));
    }

    private static void SetRegisters(InterruptedCall call)
    {
        var registers = stackalloc ulong[TraceApi.RegisterCount];
        TraceApi.Ask(TraceApi.GetRegisters, call.Thread, 0, (nint)registers);
        if ((int)registers[Result] != Interrupted
            || registers[InstructionPointer] != call.InstructionPointer || registers[StackPointer] != call.StackPointer)
            return;
        if (call.Argument >= 0)
        {
            long now = ClockApi.Now(call.Clock);
            CallTime.Put(call, now);
            registers[Arguments[call.Argument]] = call.ArgumentAt(now);
        }

        registers[Number] = (ulong)call.Number;
        registers[Result] = unchecked((ulong)(long)RestartUnlessHandled);
        TraceApi.Ask(TraceApi.SetRegisters, call.Thread, 0, (nint)registers);
    }

    private static bool Try(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (Exception error) when (error is LinuxException or TimeoutException)
        {
            return false;
        }
    }
}
