namespace HpcCr.Linux;

/// <summary>
/// Finds the interrupted system calls of frozen threads, and has them entered once more after the engine has ended them with EINTR.
/// </summary>
public sealed class InterruptedCalls : IDisposable
{
    private static readonly KernelFunctions Functions = new();
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(5);

    private readonly RestartBlocks? _blocks;
    private List<InterruptedCall> _calls = [];

    private InterruptedCalls(RestartBlocks? blocks) => _blocks = blocks;

    /// <summary>
    /// Whether the kernel tells which calls were interrupted and what time they have left; else <see cref="Take"/> is for what is known
    /// otherwise.
    /// </summary>
    public bool IsExact => _blocks is not null;

    /// <summary>The calls that were found.</summary>
    public IReadOnlyList<InterruptedCall> Found => _calls;

    /// <summary>Makes ready, before anything is frozen.</summary>
    public static InterruptedCalls Prepare()
    {
        var blocks = RestartBlocks.TryOpen();
        if (blocks is not null)
            Functions.Prepare();
        return new InterruptedCalls(blocks);
    }

    /// <summary>Takes calls that were found in another way.</summary>
    public void Take(IEnumerable<InterruptedCall> calls) => _calls = [.. calls];

    /// <summary>
    /// Finds the calls of frozen threads, and puts what time each has left where it will be read: into memory, so that a dump has it too.
    /// </summary>
    /// <param name="threads">The threads, in our pid namespace.</param>
    /// <returns>The calls with what their arguments are to be in the images of a dump made now; for each a register's value.</returns>
    public IReadOnlyList<(InterruptedCall Call, ulong Argument)> Find(IReadOnlySet<int> threads)
    {
        ArgumentNullException.ThrowIfNull(threads);
        var found = (_blocks?.Read() ?? []).Where(block => threads.Contains(block.Thread)).Select(block => InterruptedCall.From(block, Functions));
        _calls = [.. found.OfType<InterruptedCall>().Select(call => CallTime.Put(call, ClockApi.Now(call.Clock)) ? call : call with { Argument = -1 })];
        return [.. _calls.Select(call => (call, call.Argument < 0 ? 0 : call.ArgumentAt(ClockApi.Now(call.Clock))))];
    }

    /// <summary>
    /// Has the threads enter their calls once more as soon as they run. They are frozen and nobody traces them. Those that the engine has
    /// not touched
    /// are left alone: the kernel goes on with their calls by itself.
    /// </summary>
    /// <returns>How many.</returns>
    public int Reenter()
    {
        var calls = _calls;
        _calls = [];
        if (calls.Count == 0)
            return 0;
        int entered = 0;
        // The tracer is a thread, not a process.
        var thread = new Thread(() => entered = ThreadCalls.Reenter(calls, StopDeadline)) { Name = "calls" };
        thread.Start();
        thread.Join();
        return entered;
    }

    /// <summary>Forgets what was found: there is nobody to go on.</summary>
    public void Forget() => _calls = [];

    /// <summary>Ends it.</summary>
    public void Dispose() => _blocks?.Dispose();
}
