using System.Net;
using System.Net.Sockets;

namespace HpcCr.Criu.Images;

/// <summary>An IPv4 or IPv6 socket in a dump.</summary>
public sealed record InetSocket
{
    /// <summary>Its number within the dump, which descriptors refer to.</summary>
    public required uint Id { get; init; }

    /// <summary>Its inode at the dump; its tcp-stream image is named by it.</summary>
    public required uint Inode { get; init; }

    /// <summary>Its family; an IPv6 socket may carry an IPv4 connection.</summary>
    public required AddressFamily Family { get; init; }

    /// <summary>Stream, datagram or raw.</summary>
    public required SocketType Type { get; init; }

    /// <summary>TCP, UDP or another, numbered as in the IP header.</summary>
    public required ProtocolType Protocol { get; init; }

    /// <summary>The state as the kernel numbers it (net/tcp_states.h): 1 established, 7 closed or not connected, 10 listening.</summary>
    public required byte State { get; init; }

    /// <summary>Its own end, in the socket's family: v4-mapped for the IPv4 connection of an IPv6 socket; port 0 when not bound.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>The other end, in the socket's family; port 0 when not connected.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>Whether an IPv6 socket takes no IPv4 connections.</summary>
    public bool IPv6Only { get; init; }

    /// <summary>Whether the kernel probes a silent peer (SO_KEEPALIVE).</summary>
    public bool KeepAlive { get; init; }

    /// <summary>Which directions are shut, as the program did or the peer's FIN made it.</summary>
    public SocketShutdown? Shutdown { get; init; }

    /// <summary>A TCP socket that has a peer, and so a tcp-stream image.</summary>
    public bool IsTcpConnection => Type == SocketType.Stream && Protocol == ProtocolType.Tcp && Destination.Port != 0;
}
