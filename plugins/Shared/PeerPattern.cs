using System.Globalization;
using System.Net;

namespace HpcCr.Plugins.Shared;

/// <summary>Which peers are meant: <c>10.0.0.7:27000</c>, <c>[fd00::7]:27000</c>, <c>*:27000</c>, <c>10.0.0.7</c> (any port).</summary>
internal sealed record PeerPattern(IPAddress? Address, int Port)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="PluginVetoException">It is none.</exception>
    public static PeerPattern Parse(string text, string plugin)
    {
        var (host, port) = text.LastIndexOf(':') is var colon and > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon)
            ? (text[..colon], text[(colon + 1)..])
            : (text, "0");
        IPAddress? address = null;
        if ((host != "*" && !IPAddress.TryParse(host.Trim('[', ']'), out address)) || !int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > IPEndPoint.MaxPort)
            throw new PluginVetoException($"'{text}' names no peer", $"Write ADDRESS:PORT in the configuration of {plugin}, the address in numbers (IPv6 in brackets) or *.");
        return new PeerPattern(address, number);
    }

    /// <summary>Whether a peer is meant.</summary>
    public bool Fits(IPEndPoint peer) => (Address is null || Address.Equals(peer.Address)) && (Port == 0 || Port == peer.Port);
}
