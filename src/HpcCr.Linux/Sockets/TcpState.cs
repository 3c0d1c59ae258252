namespace HpcCr.Linux;

/// <summary>The states of a TCP socket, numbered as in the kernel's net/tcp_states.h.</summary>
public enum TcpState
{
    /// <summary>Not a state the kernel reports.</summary>
    Unknown = 0,

    /// <summary>Open in both directions. With inode 0: complete, and not yet accepted.</summary>
    Established = 1,

    /// <summary>connect() sent its SYN.</summary>
    SynSent = 2,

    /// <summary>A listener answered a SYN; nothing owns the connection yet (inode 0).</summary>
    SynReceived = 3,

    /// <summary>Closed here, the FIN (and perhaps data before it) not yet acknowledged. With inode 0: an orphan that only the kernel still serves.</summary>
    FinWait1 = 4,

    /// <summary>Closed here and acknowledged, the peer may still send.</summary>
    FinWait2 = 5,

    /// <summary>Closed by both, the kernel keeps the 4-tuple for a minute.</summary>
    TimeWait = 6,

    /// <summary>Bound to a port, and neither listening nor connected. (What is not bound, or was reset, is not listed.)</summary>
    Close = 7,

    /// <summary>The peer closed, this side not yet.</summary>
    CloseWait = 8,

    /// <summary>The peer closed first, then this side; the FIN (and perhaps data before it) not yet acknowledged.</summary>
    LastAck = 9,

    /// <summary>Waiting for connections.</summary>
    Listen = 10,

    /// <summary>Both closed at once, the FIN not yet acknowledged.</summary>
    Closing = 11,

    /// <summary>The kernel's inner number for <see cref="SynReceived"/>; sock_diag reports that one.</summary>
    NewSynReceived = 12,

    /// <summary>The number by which sock_diag is asked for bound, unconnected sockets (Linux 6.8); it reports them as <see cref="Close"/>.</summary>
    BoundInactive = 13,
}
