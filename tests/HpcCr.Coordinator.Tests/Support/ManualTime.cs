namespace HpcCr.Coordinator.Tests.Support;

/// <summary>A clock that a test moves. What waits for less than a second is let go at once: no test waits for real time.</summary>
internal sealed class ManualTime : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private readonly System.Threading.Lock _gate = new();
    private readonly List<Waiting> _waiting = [];
    private TimeSpan _now;

    /// <summary>How many waits are under way.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Whether somebody waits for this instant.</summary>
    public bool IsWaitingUntil(DateTimeOffset instant)
    {
        lock (_gate)
            return _waiting.Any(w => DateTimeOffset.UnixEpoch + w.Due == instant);
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return DateTimeOffset.UnixEpoch + _now;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    // A timestamp of 0 means "none" to whoever keeps one.
    public override long GetTimestamp()
    {
        lock (_gate)
            return _now.Ticks + 1;
    }

    /// <summary>Moves the clock; what is due then happens.</summary>
    public void Advance(TimeSpan by)
    {
        List<Waiting> due;
        lock (_gate)
        {
            _now += by;
            due = [.. _waiting.Where(w => w.Due <= _now)];
            _waiting.RemoveAll(due.Contains);
        }

        due.ForEach(w => w.Fire());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiting = new Waiting(this, _now + dueTime, () => callback(state));
        if (dueTime < Short)
            ThreadPool.QueueUserWorkItem(_ => waiting.Fire());
        else
            lock (_gate)
                _waiting.Add(waiting);
        return waiting;
    }

    private sealed class Waiting(ManualTime time, TimeSpan due, Action fire) : ITimer
    {
        public TimeSpan Due { get; } = due;

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (time._gate)
                time._waiting.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
