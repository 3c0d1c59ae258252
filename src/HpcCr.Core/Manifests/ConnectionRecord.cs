namespace HpcCr.Core;

/// <summary>One end of a TCP connection at the cut.</summary>
public sealed record ConnectionRecord
{
    /// <summary>This end, <c>address:port</c>.</summary>
    public required string Local { get; init; }

    /// <summary>The other end, <c>address:port</c>.</summary>
    public required string Remote { get; init; }

    /// <summary>The kernel's name of its state, such as ESTABLISHED.</summary>
    public required string State { get; init; }

    /// <summary>Whether the other end is on a node of the job.</summary>
    public bool InJob { get; init; }

    /// <summary>Bytes sent and not acknowledged when the node was frozen.</summary>
    public long InFlightBefore { get; init; }

    /// <summary>The same after the drain.</summary>
    public long InFlightAfter { get; init; }

    /// <summary>Bytes in the receive queue at the cut.</summary>
    public long ReceiveQueue { get; init; }

    /// <summary>Bytes in the send queue at the cut.</summary>
    public long SendQueue { get; init; }

    /// <summary>Whether SO_KEEPALIVE was on. The images say off: it is parked while packets are held back.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>TCP_USER_TIMEOUT in milliseconds, 0 for the system's own. The engine does not keep it.</summary>
    public int UserTimeoutMilliseconds { get; init; }
}
