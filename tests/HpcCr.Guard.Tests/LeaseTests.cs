namespace HpcCr.Guard.Tests;

public sealed class LeaseTests
{
    private readonly ManualTime _time = new();
    private readonly Lease _lease;
    private int _ended;

    public LeaseTests() => _lease = new Lease(() =>
    {
        _ended++;
        return Task.CompletedTask;
    }, _time);

    [Fact]
    public void Lease_WithoutAWord_EndsOnceWhenItsTimeIsOver()
    {
        _lease.Renew(1000);
        _time.Advance(999);
        Assert.Equal(0, _ended);

        _time.Advance(1);
        _time.Advance(5000);

        Assert.Equal(1, _ended);
    }

    [Fact]
    public void Lease_ProlongedInTime_DoesNotEnd()
    {
        _lease.Renew(1000);
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(900);
            if (i % 2 == 0)
                _lease.Renew(1000);
            else
                _lease.Renew();
        }

        Assert.Equal(0, _ended);
        _time.Advance(1000);
        Assert.Equal(1, _ended);
    }

    [Fact]
    public void Lease_ThatWasEnded_NeverFires_AndMayBeginAgain()
    {
        _lease.Renew(1000);
        _lease.End();
        _lease.End();
        _lease.Renew();
        _time.Advance(5000);
        Assert.Equal(0, _ended);

        _lease.Renew(1000);
        _time.Advance(1000);

        Assert.Equal(1, _ended);
    }

    [Fact]
    public void Lease_OfNoLength_NeverBegins()
    {
        _lease.Renew(0);
        _time.Advance(100_000);

        Assert.Equal(0, _ended);
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _now;
        private OneTimer? _timer;

        public void Advance(long milliseconds)
        {
            _now += milliseconds;
            if (_timer is { } timer && timer.Due <= _now)
            {
                timer.Due = long.MaxValue;
                timer.Fire();
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timer = new OneTimer(this, () => callback(state));
            _timer.Change(dueTime, period);
            return _timer;
        }

        private sealed class OneTimer(ManualTime time, Action fire) : ITimer
        {
            public long Due { get; set; } = long.MaxValue;

            public void Fire() => fire();

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time._now + (long)dueTime.TotalMilliseconds;
                return true;
            }

            public void Dispose() => Due = long.MaxValue;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
