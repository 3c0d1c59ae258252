using System.Net;
using System.Net.Sockets;
using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;
using Tuple = HpcCr.Protocol.V1.Local.Tuple;

namespace HpcCr.Launcher;

/// <summary>The sockets of a sandbox's images, with the addresses that they have where it is restored.</summary>
internal sealed class MovedSockets
{
    private readonly ManifestNode _sandbox;
    private readonly SandboxRelocation _relocation;
    private readonly Dictionary<(string, string), ConnectionChange> _connections;
    private readonly Dictionary<(string, string), ConnectionChange> _ended;
    private readonly Dictionary<uint, ConnectionChange> _fresh = [];
    private readonly Dictionary<IPAddress, IPAddress> _own;
    private readonly Dictionary<IPAddress, IPAddress> _others;

    public MovedSockets(ManifestNode sandbox, SandboxRelocation relocation)
    {
        _sandbox = sandbox;
        _relocation = relocation;
        _connections = relocation.Connections.ToDictionary(c => (c.OldLocal, c.OldRemote));
        _ended = relocation.Ended.ToDictionary(c => (c.OldLocal, c.OldRemote));
        _own = relocation.Own.ToDictionary(c => IPAddress.Parse(c.From), c => IPAddress.Parse(c.To));
        _others = relocation.Peers.ToDictionary(c => IPAddress.Parse(c.From), c => IPAddress.Parse(c.To));
    }

    /// <summary>The connections of the cut that are restored, with the ends that they have here.</summary>
    public IEnumerable<(ConnectionRecord Record, Tuple Ends)> Restored => _sandbox.Connections
        .Where(c => !_ended.ContainsKey((c.Local, c.Remote)) && c.ReconnectedBy is null)
        .Select(c => (c, _connections.TryGetValue((c.Local, c.Remote), out var moved) ? Ends(moved) : new Tuple { Local = c.Local, Remote = c.Remote }));

    /// <summary>The connections over which the job goes on talking: those that are restored, and fresh ones.</summary>
    public IEnumerable<(ConnectionRecord Record, Tuple Ends)> Alive =>
        Restored.Concat(Reconnected.Where(c => _fresh.ContainsKey(c.Inode)).Select(c => (c, Ends(_fresh[c.Inode]))));

    /// <summary>Everything that must meet no packet before all nodes go on.</summary>
    public IEnumerable<Tuple> Locked => Alive.Select(c => c.Ends).Concat(_ended.Values.Select(Ends));

    /// <summary>The connections in whose place plugins put fresh ones.</summary>
    public IEnumerable<ConnectionRecord> Reconnected => _sandbox.Connections.Where(c => c.ReconnectedBy is not null);

    /// <summary>How many connections the job finds closed.</summary>
    public int Ended => _ended.Count;

    /// <summary>The listening sockets.</summary>
    public IEnumerable<string> Listeners => _sandbox.Listeners.Select(Moved);

    /// <summary>A listening socket's end, now.</summary>
    public string Moved(string listener) => Moved(IPEndPoint.Parse(listener), _own).ToString();

    /// <summary>One of the node's own addresses, now.</summary>
    public string MovedAddress(string address) => _own.TryGetValue(IPAddress.Parse(address), out var moved) ? moved.ToString() : address;

    /// <summary>A fresh connection takes the place of one of the cut.</summary>
    /// <param name="record">The one of the cut.</param>
    /// <param name="ends">The ends of the fresh one.</param>
    /// <returns>False when another connection has these ends.</returns>
    public bool Replace(ConnectionRecord record, TcpTuple ends)
    {
        var fresh = new Tuple { Local = ends.Local.ToString(), Remote = ends.Remote.ToString() };
        return !Locked.Contains(fresh) && _fresh.TryAdd(record.Inode, new ConnectionChange(record.Local, record.Remote, fresh.Local, fresh.Remote));
    }

    /// <summary>Writes the new ends into the images, which are a copy of this restore's own, and lets connections end there.</summary>
    /// <exception cref="ImageFormatException">The images are damaged.</exception>
    public void Rewrite(string images)
    {
        if (!_relocation.IsInPlace || _ended.Count + _fresh.Count > 0)
            InetSocketsImage.Rewrite(images, socket => Moved(images, socket));
    }

    private InetSocket Moved(string images, InetSocket socket)
    {
        var (local, remote) = (JobSockets.Text(socket.Source), JobSockets.Text(socket.Destination));
        if (_fresh.TryGetValue(socket.Inode, out var fresh))
            return WithEnds(socket, fresh);
        if (_ended.TryGetValue((local, remote), out var ended) && socket.IsTcpConnection)
            return WithEnds(EndedConnection.End(images, socket), ended);
        if (_connections.TryGetValue((local, remote), out var moved))
            return WithEnds(socket, moved);
        return WithEnds(socket, Moved(IPEndPoint.Parse(local), _own), MovedPeer(IPEndPoint.Parse(remote)));
    }

    private IPEndPoint MovedPeer(IPEndPoint end) => Moved(end, _others.ContainsKey(end.Address) ? _others : _own);

    private static Tuple Ends(ConnectionChange change) => new() { Local = change.Local, Remote = change.Remote };

    private static IPEndPoint Moved(IPEndPoint end, Dictionary<IPAddress, IPAddress> addresses) =>
        addresses.TryGetValue(end.Address, out var address) ? new IPEndPoint(address, end.Port) : end;

    private static InetSocket WithEnds(InetSocket socket, ConnectionChange ends) => WithEnds(socket, IPEndPoint.Parse(ends.Local), IPEndPoint.Parse(ends.Remote));

    private static InetSocket WithEnds(InetSocket socket, IPEndPoint source, IPEndPoint destination) =>
        socket with { Source = InFamily(source, socket.Family), Destination = InFamily(destination, socket.Family) };

    // The images have the IPv4 connections of IPv6 sockets v4-mapped.
    private static IPEndPoint InFamily(IPEndPoint end, AddressFamily family) =>
        end.AddressFamily == family ? end : new IPEndPoint(end.Address.MapToIPv6(), end.Port);
}
