using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace HpcCr.Core;

/// <summary>What a restart makes of the connections to programs outside the job: their peers do not move along.</summary>
/// <param name="manifest">The epoch.</param>
/// <param name="places">Where its sandboxes go.</param>
/// <param name="moves">The new address of each address of each sandbox.</param>
internal sealed class OutsideConnections(Manifest manifest, IReadOnlyList<Place> places, IReadOnlyList<IReadOnlyDictionary<IPAddress, IPAddress>> moves)
{
    private readonly HashSet<(string, string)> _held = [.. manifest.Nodes.SelectMany(node => node.Connections.Select(c => (c.Local, c.Remote)))];

    /// <summary>Whether no sandbox of the job has the other end. What is still being opened has none.</summary>
    public bool IsOutside(ConnectionRecord connection) =>
        !connection.InJob && connection.State != TcpEndState.SynSent && !_held.Contains((connection.Remote, connection.Local));

    /// <summary>Whether a connection is restored at all: else the job finds it closed, or a plugin puts a fresh one in its place.</summary>
    public bool IsRestored(int sandbox, ConnectionRecord connection) => connection.ReconnectedBy is null && !IsEnded(sandbox, connection);

    /// <summary>
    /// The connections that the job finds closed by their peers. They get ends on loopback, where nobody answers: so nothing that the job writes
    /// into them reaches their peers, and the node needs neither the old address nor a route.
    /// </summary>
    public IReadOnlyList<ConnectionChange> EndedOf(int sandbox) =>
        [.. manifest.Nodes[sandbox].Connections.Where(c => IsEnded(sandbox, c)).Select(c => OnLoopback(manifest.Nodes[sandbox].Node, c))];

    /// <summary>Connections that are to be kept and cannot be, one sentence each.</summary>
    public IEnumerable<string> Faults() =>
        from i in Enumerable.Range(0, places.Count)
        let node = manifest.Nodes[i]
        from connection in node.Connections
        where IsOutside(connection) && connection.ReconnectedBy is null && !StaysAt(i, connection) && PolicyOf(connection) == OutsidePolicy.Keep
        select $"{places[i].Node}: the connection {connection.Local} to {connection.Remote} outside the job is to be kept, and its peer knows sandbox {node.Node} "
            + $"by an address that it does not have there; restart it on {node.Host ?? node.Node}, or with `--outside {Rule(connection.Remote)}`";

    private bool IsEnded(int sandbox, ConnectionRecord connection) => connection.ReconnectedBy is null && IsOutside(connection) && PolicyOf(connection) switch
    {
        OutsidePolicy.Close => true,
        OutsidePolicy.Keep => false,
        _ => !StaysAt(sandbox, connection),
    };

    private OutsidePolicy? PolicyOf(ConnectionRecord connection) => manifest.Spec.PolicyTowards(connection.Remote) ?? connection.Claimed;

    // On loopback the peer is a program of the old node.
    private bool StaysAt(int sandbox, ConnectionRecord connection)
    {
        var local = IPEndPoint.Parse(connection.Local).Address;
        var node = manifest.Nodes[sandbox];
        return IPAddress.IsLoopback(local) || local.IsIPv6LinkLocal
            ? places[sandbox].Node == (node.Host ?? node.Node)
            : moves[sandbox].TryGetValue(local, out var address) && address.Equals(local);
    }

    private static string Rule(string remote) => new OutsideRule(IPEndPoint.Parse(remote).Address, IPEndPoint.Parse(remote).Port, OutsidePolicy.Close).ToString();

    // One peer's end for each connection: several may come from the same port of ours.
    private static ConnectionChange OnLoopback(string sandbox, ConnectionRecord connection)
    {
        var (local, remote) = (IPEndPoint.Parse(connection.Local), IPEndPoint.Parse(connection.Remote));
        var hash = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{sandbox} {connection.Local} {connection.Remote}")));
        var peer = local.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(new IPAddress([127, (byte)(hash >> 16 | 1), (byte)(hash >> 8), (byte)hash]), remote.Port)
            : new IPEndPoint(IPAddress.IPv6Loopback, 1 + (int)(hash % IPEndPoint.MaxPort));
        var own = local.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        return new ConnectionChange(connection.Local, connection.Remote, new IPEndPoint(own, local.Port).ToString(), peer.ToString());
    }
}
