using System.Net;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// The timers with which the job's connections give themselves up. From the freeze on they are switched off: packets are held back, and the
/// peer's node may stand still for long. They are set back once all nodes go on, and on each connection once its peer has answered.
/// They are kept in memory only: a sandbox does not outlive its guard.
/// </summary>
/// <param name="processes">The sandbox's processes now.</param>
internal sealed class SocketTimers(Func<IReadOnlyList<int>> processes)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    // A peer that does not answer for so long is gone, and the job has asked to be told.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, ParkedSocket> _parked = [];
    private CancellationTokenSource _settingBack = new(TimeSpan.Zero);
    private long _due;

    /// <summary>What is switched off, and timeouts of listeners.</summary>
    public IEnumerable<ParkedTimers> Parked
    {
        get
        {
            lock (_gate)
                return [.. _parked.Values.Select(p => new ParkedTimers { Cookie = p.Cookie, KeepAlive = p.KeepAlive, UserTimeoutMs = p.UserTimeoutMs })];
        }
    }

    /// <summary>Switches off the timers of all connections; the sandbox is frozen.</summary>
    /// <param name="open">What each of its processes has open.</param>
    public void Park(IReadOnlyList<IReadOnlyList<OpenDescriptor>> open)
    {
        lock (_gate)
        {
            _settingBack.Cancel();
            foreach (var socket in open.SelectMany(KeepAlive.Park))
            {
                // Not set back yet since the last time, and half of it set anew by the job.
                _parked[socket.Cookie] = _parked.TryGetValue(socket.Cookie, out var before)
                    ? new ParkedSocket(socket.Cookie, socket.KeepAlive || before.KeepAlive, socket.UserTimeoutMs != 0 ? socket.UserTimeoutMs : before.UserTimeoutMs)
                    : socket;
            }
        }
    }

    /// <summary>What restored sockets are to get.</summary>
    public void Remember(IReadOnlyCollection<RecordedTimers> recorded)
    {
        if (recorded.Count == 0)
            return;
        var timers = recorded.ToLookup(r => (IPEndPoint.Parse(r.Local), r.Remote.Length > 0 ? IPEndPoint.Parse(r.Remote) : null));
        lock (_gate)
        {
            foreach (var socket in SockDiag.ListTcp().Where(s => s.Inode != 0))
            {
                var (local, remote) = socket.Tuple;
                if (timers[(local, socket.State == TcpState.Listen ? null : remote)].FirstOrDefault() is { } wanted)
                    _parked[socket.Cookie] = new ParkedSocket(socket.Cookie, wanted.KeepAlive, wanted.UserTimeoutMs);
            }
        }
    }

    /// <summary>Sets all of them back, in the background.</summary>
    /// <param name="after">How long to wait before; a call that wants it sooner counts.</param>
    public void SetBack(TimeSpan after)
    {
        var due = Environment.TickCount64 + (long)after.TotalMilliseconds;
        lock (_gate)
        {
            if (_parked.Count == 0 || (!_settingBack.IsCancellationRequested && _due <= due))
                return;
            _settingBack.Cancel();
            _settingBack = new CancellationTokenSource();
            _due = due;
            _ = SetBackAsync(after, _settingBack.Token);
        }
    }

    /// <summary>The sandbox is gone.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _settingBack.Cancel();
            _parked.Clear();
        }
    }

    private async Task SetBackAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(after, cancellationToken);
            var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
            for (var wait = FirstLook; SetBackOnce(Environment.TickCount64 > until, cancellationToken) > 0; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
                await Task.Delay(wait, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The job is frozen again, or gone.
        }
        catch (Exception e)
        {
            GuardLog.Write($"timers of connections were not set back: {e.Message}");
            lock (_gate)
                if (!cancellationToken.IsCancellationRequested)
                    _settingBack.Cancel();
        }
    }

    // Returns how many are still to be set.
    private int SetBackOnce(bool evenUnanswered, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var pid in processes())
                foreach (var cookie in KeepAlive.Unpark(pid, _parked.Values, evenUnanswered))
                    _parked.Remove(cookie);
            if (evenUnanswered)
                _parked.Clear();
            return _parked.Count;
        }
    }
}
