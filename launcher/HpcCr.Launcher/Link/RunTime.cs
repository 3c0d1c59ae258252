using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Until when parts of jobs may run here, by the newest word of the coordinator. It counts from when the launcher asked for that word, so that
/// no delay on the way makes the time longer than the coordinator thinks.
/// </summary>
internal sealed class RunTime
{
    private readonly Lock _gate = new();
    private ulong _length;
    private ulong _asked;

    /// <summary>This instant, for the coordinator to send back.</summary>
    public static ulong Now => (ulong)BootClock.Milliseconds;

    /// <summary>In milliseconds of <see cref="BootClock"/>; 0: without end.</summary>
    public ulong Until
    {
        get
        {
            lock (_gate)
                return _length == 0 ? 0 : _asked + _length;
        }
    }

    /// <summary>A conversation with a coordinator begins.</summary>
    /// <param name="length">How long a part runs without a further word, in milliseconds; 0: without end.</param>
    /// <param name="asked">When the launcher asked for this.</param>
    public void Begin(ulong length, ulong asked)
    {
        lock (_gate)
            (_length, _asked) = (length, asked);
    }

    /// <summary>A further word has come.</summary>
    public void Extend(ulong asked)
    {
        lock (_gate)
            _asked = Math.Max(_asked, asked);
    }
}
