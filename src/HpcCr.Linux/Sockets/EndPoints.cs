using System.Net;

namespace HpcCr.Linux;

/// <summary>One form for the two in which the kernel shows an IPv4 end point.</summary>
public static class EndPoints
{
    /// <summary>Maps <c>[::ffff:10.0.0.1]:80</c>, an IPv4 end point of an IPv6 socket, to <c>10.0.0.1:80</c>; returns others as they are.</summary>
    public static IPEndPoint Normalised(this IPEndPoint point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return point.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(point.Address.MapToIPv4(), point.Port) : point;
    }
}
