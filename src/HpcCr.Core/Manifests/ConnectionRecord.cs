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

    /// <summary>Whether the other end belongs to the job, as far as addresses and the nodes' socket tables tell.</summary>
    public bool InJob { get; init; }

    /// <summary>The plugin that puts a fresh connection in its place at a restart; null: none does.</summary>
    public string? ReconnectedBy { get; init; }

    /// <summary>What else a plugin says is to become of it; null: nothing.</summary>
    public OutsidePolicy? Claimed { get; init; }

    /// <summary>Bytes sent and not acknowledged when the node was frozen.</summary>
    public long InFlightBefore { get; init; }

    /// <summary>The same after the drain.</summary>
    public long InFlightAfter { get; init; }

    /// <summary>Bytes in the receive queue at the cut, as the kernel told; one more once the peer's FIN waits there.</summary>
    public long ReceiveQueue { get; init; }

    /// <summary>Bytes in the send queue at the cut, as the kernel told; one more once a FIN waits there.</summary>
    public long SendQueue { get; init; }

    /// <summary>The socket's inode at the cut, by which its image is found; 0 in epochs of older versions.</summary>
    public uint Inode { get; init; }

    /// <summary>What the image says; null when there is none, and in epochs of older versions.</summary>
    public TcpNumbers? Numbers { get; init; }

    /// <summary>Bytes that were there to be read at the cut, a waiting FIN left out.</summary>
    public long UnreadBytes => ReceiveQueue - (TcpEndState.HasReceivedFin(this) && ReceiveQueue > 0 ? 1 : 0);

    /// <summary>Bytes of them that the image lacks: those behind a TCP urgent mark.</summary>
    public long MissingBytes => Numbers is null ? 0 : Math.Max(0, UnreadBytes - Numbers.ReceiveLength);

    /// <summary>Whether SO_KEEPALIVE was on. The images say off: it is parked while packets are held back.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>TCP_USER_TIMEOUT in milliseconds, 0 for the system's own. The engine does not keep it.</summary>
    public int UserTimeoutMilliseconds { get; init; }
}
