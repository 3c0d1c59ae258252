namespace HpcCr.Guard;

/// <summary>How long a job may be held without a word from the coordinator.</summary>
/// <param name="ended">What to do when the time is over.</param>
/// <param name="time">The clock; the system's by default.</param>
internal sealed class Lease(Func<Task> ended, TimeProvider? time = null)
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private ITimer? _timer;
    private TimeSpan _length;

    /// <summary>Begins or prolongs the lease.</summary>
    /// <param name="milliseconds">Its length from now.</param>
    public void Renew(uint milliseconds)
    {
        if (milliseconds == 0)
            return;
        lock (_gate)
        {
            _length = TimeSpan.FromMilliseconds(milliseconds);
            _timer ??= _time.CreateTimer(_ => GuardTask.Watch(ended(), "what the lease held was not let go"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(_length, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Prolongs a lease that is under way by its length.</summary>
    public void Renew()
    {
        lock (_gate)
            _timer?.Change(_length, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends it: nothing is held any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _timer = null;
        }
    }
}
