using System.Net;
using System.Net.Sockets;

namespace HpcCr.Linux;

/// <summary>One TCP socket of a network namespace, as sock_diag(7) (inet_diag) reports it.</summary>
public sealed record TcpSocketInfo
{
    /// <summary>The family of the socket: an IPv6 socket may carry an IPv4 connection.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>This end, as the kernel has it (v4-mapped for the IPv4 connection of an IPv6 socket).</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>The peer, as the kernel has it; port 0 for listeners.</summary>
    public required IPEndPoint Remote { get; init; }

    /// <summary>The state.</summary>
    public required TcpState State { get; init; }

    /// <summary>
    /// The inode, as in <c>socket:[INODE]</c> under /proc/PID/fd. 0 when no process has the socket: <see cref="IsOrphan"/>,
    /// <see cref="IsNotAccepted"/> or TIME_WAIT.
    /// </summary>
    public uint Inode { get; init; }

    /// <summary>The owner's uid; 0 when <see cref="Inode"/> is 0, whoever it belonged to.</summary>
    public uint Uid { get; init; }

    /// <summary>
    /// Bytes received and not read, plus one once the peer's FIN has arrived and has not been read. For a listener: complete connections waiting for accept(),
    /// those included that were reset meanwhile and are listed nowhere else.
    /// </summary>
    public uint ReceiveQueue { get; init; }

    /// <summary>Bytes written and not acknowledged, sent or not, plus one for a FIN (and for the SYN in SYN_SENT). For a listener: its backlog.</summary>
    public uint SendQueue { get; init; }

    /// <summary>The part of <see cref="SendQueue"/> that was never sent (tcpi_notsent_bytes), a waiting FIN included.</summary>
    public uint UnsentBytes { get; init; }

    /// <summary>Segments sent and not acknowledged (tcpi_unacked); 0 for listeners, for which the kernel reuses the field.</summary>
    public uint UnackedSegments { get; init; }

    /// <summary>Bytes that the peer's last advertised window allows (tcpi_snd_wnd; 0 also where the kernel is older than 5.4).</summary>
    public uint SendWindow { get; init; }

    /// <summary>The inode of the cgroup v2 folder in which the socket (or the listener it came from) was made; 0 when unknown (TIME_WAIT, SYN_RECV).</summary>
    public ulong CgroupId { get; init; }

    /// <summary>The kernel's own id of the socket: never given twice on one boot.</summary>
    public ulong Cookie { get; init; }

    /// <summary>The interface that the socket is bound to; 0 for none.</summary>
    public uint Interface { get; init; }

    /// <summary>Whether an IPv6 listener takes no IPv4 connections (IPV6_V6ONLY).</summary>
    public bool IPv6Only { get; init; }

    /// <summary>The kernel's name of the state: <c>ESTABLISHED</c>.</summary>
    public string StateName => TcpStates.NameOf(State);

    /// <summary>Bytes sent and not acknowledged, plus one for a sent FIN; 0 in states that are not connected.</summary>
    public uint InFlight => TcpStates.IsConnected(State) && SendQueue > UnsentBytes ? SendQueue - UnsentBytes : 0;

    /// <summary>Closed by its last process with the kernel still delivering or waiting: in nobody's image.</summary>
    public bool IsOrphan => Inode == 0 && State is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.LastAck;

    /// <summary>In the accept queue of a listener, or on its way there: in nobody's image.</summary>
    public bool IsNotAccepted => Inode == 0 && State is TcpState.Established or TcpState.CloseWait or TcpState.SynReceived;

    /// <summary>The connection in the form in which packets carry it (v4-mapped addresses as IPv4).</summary>
    public TcpTuple Tuple => new(Local.Normalised(), Remote.Normalised());

    /// <summary>The same socket with v4-mapped addresses as IPv4; <see cref="Family"/> stays, so it still names the socket to the kernel.</summary>
    public TcpSocketInfo Normalised => this with { Local = Local.Normalised(), Remote = Remote.Normalised() };

    /// <summary><c>ESTABLISHED 10.0.0.1:4000 -> 10.0.0.2:80 (inode 4711)</c>.</summary>
    public override string ToString() => $"{StateName} {Local} -> {Remote} (inode {Inode})";
}
