using System.Net;

namespace HpcCr.Linux;

/// <summary>What a lock holds back.</summary>
public sealed record LockSpec
{
    /// <summary>Connections of which no packet passes, in or out, loopback included. Order and repeats do not matter; v4-mapped addresses count as IPv4.</summary>
    public IReadOnlyList<TcpTuple> Connections { get; init; } = [];

    /// <summary>
    /// Listeners that get no new SYN. <c>0.0.0.0:P</c> stands for every IPv4 address, <c>[::]:P</c> for every IPv6 and IPv4 address of this namespace.
    /// Connections that such a listener has accepted go on, unless they are in <see cref="Connections"/>.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Listeners { get; init; } = [];
}
