using System.Net;

namespace HpcCr.Linux;

/// <summary>A connection as one of its ends sees it.</summary>
/// <param name="Local">This end.</param>
/// <param name="Remote">The peer.</param>
public sealed record TcpTuple(IPEndPoint Local, IPEndPoint Remote)
{
    /// <summary>The same connection with v4-mapped addresses as IPv4: the form in which packets carry them.</summary>
    public TcpTuple Normalised => new(Local.Normalised(), Remote.Normalised());

    /// <summary>The same connection as the peer sees it.</summary>
    public TcpTuple Reversed => new(Remote, Local);

    /// <summary><c>10.0.0.1:4000 -> 10.0.0.2:80</c>.</summary>
    public override string ToString() => $"{Local} -> {Remote}";
}
