using System.Net;
using System.Net.Sockets;
using HpcCr.Core;
using HpcCr.Criu.Images;
using Tuple = HpcCr.Protocol.V1.Local.Tuple;

namespace HpcCr.Launcher;

/// <summary>The sockets of a sandbox's images, with the addresses that they have where it is restored.</summary>
internal sealed class MovedSockets
{
    private readonly ManifestNode _sandbox;
    private readonly SandboxRelocation _relocation;
    private readonly Dictionary<(string, string), ConnectionChange> _connections;
    private readonly Dictionary<IPAddress, IPAddress> _own;
    private readonly Dictionary<IPAddress, IPAddress> _others;

    public MovedSockets(ManifestNode sandbox, SandboxRelocation relocation)
    {
        _sandbox = sandbox;
        _relocation = relocation;
        _connections = relocation.Connections.ToDictionary(c => (c.OldLocal, c.OldRemote));
        _own = relocation.Own.ToDictionary(c => IPAddress.Parse(c.From), c => IPAddress.Parse(c.To));
        _others = relocation.Peers.ToDictionary(c => IPAddress.Parse(c.From), c => IPAddress.Parse(c.To));
    }

    /// <summary>The connections.</summary>
    public IEnumerable<Tuple> Connections => _sandbox.Connections.Select(c => _connections.TryGetValue((c.Local, c.Remote), out var moved)
        ? new Tuple { Local = moved.Local, Remote = moved.Remote }
        : new Tuple { Local = c.Local, Remote = c.Remote });

    /// <summary>The listening sockets.</summary>
    public IEnumerable<string> Listeners => _sandbox.Listeners.Select(Moved);

    /// <summary>A listening socket's end, now.</summary>
    public string Moved(string listener) => Moved(IPEndPoint.Parse(listener), _own).ToString();

    /// <summary>Writes the new addresses into the images, which are a copy of this restore's own.</summary>
    /// <exception cref="ImageFormatException">The images are damaged.</exception>
    public void Rewrite(string images)
    {
        if (!_relocation.IsInPlace)
            InetSocketsImage.Rewrite(images, Moved);
    }

    private InetSocket Moved(InetSocket socket)
    {
        var (local, remote) = (JobSockets.Text(socket.Source), JobSockets.Text(socket.Destination));
        var (source, destination) = _connections.TryGetValue((local, remote), out var moved)
            ? (IPEndPoint.Parse(moved.Local), IPEndPoint.Parse(moved.Remote))
            : (Moved(IPEndPoint.Parse(local), _own), MovedPeer(IPEndPoint.Parse(remote)));
        return socket with { Source = InFamily(source, socket.Family), Destination = InFamily(destination, socket.Family) };
    }

    private IPEndPoint MovedPeer(IPEndPoint end) => Moved(end, _others.ContainsKey(end.Address) ? _others : _own);

    private static IPEndPoint Moved(IPEndPoint end, Dictionary<IPAddress, IPAddress> addresses) =>
        addresses.TryGetValue(end.Address, out var address) ? new IPEndPoint(address, end.Port) : end;

    // The images have the IPv4 connections of IPv6 sockets v4-mapped.
    private static IPEndPoint InFamily(IPEndPoint end, AddressFamily family) =>
        end.AddressFamily == family ? end : new IPEndPoint(end.Address.MapToIPv6(), end.Port);
}
