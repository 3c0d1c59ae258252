using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>How long the sandbox may run without a word from the coordinator.</summary>
/// <param name="over">Called on a thread of its own when that time is over.</param>
internal sealed class RunLease(Action over)
{
    private readonly Lock _gate = new();
    private BootTimer? _timer;
    private long _until;

    /// <summary>Whether the time is over.</summary>
    public bool IsOver => Volatile.Read(ref _until) is not 0 and var until && BootClock.Milliseconds >= until;

    /// <summary>Sets the time; the newest word counts, be it shorter than the one before.</summary>
    /// <param name="until">In milliseconds of <see cref="BootClock"/>; 0: without end.</param>
    public void Set(long until)
    {
        lock (_gate)
        {
            Volatile.Write(ref _until, until);
            if (_timer is null && until == 0)
                return;
            _timer ??= Start();
            _timer.Set(until);
        }
    }

    private BootTimer Start()
    {
        var timer = new BootTimer();
        var thread = new Thread(() =>
        {
            while (true)
            {
                timer.Wait();
                if (IsOver)
                    over();
            }
        })
        {
            IsBackground = true,
            Name = "run-lease",
        };
        thread.Start();
        return timer;
    }
}
