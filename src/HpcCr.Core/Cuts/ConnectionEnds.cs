namespace HpcCr.Core;

/// <summary>All ends of a job's connections, found by their addresses.</summary>
internal sealed class ConnectionEnds
{
    private readonly ILookup<(string Local, string Remote), ConnectionEnd> _byAddresses;

    public ConnectionEnds(IEnumerable<ManifestNode> nodes)
    {
        All = [.. nodes.SelectMany(node => node.Connections.Select(record => new ConnectionEnd(node, record)))];
        _byAddresses = All.ToLookup(end => (end.Record.Local, end.Record.Remote));
    }

    /// <summary>Every end, in the order of the nodes.</summary>
    public IReadOnlyList<ConnectionEnd> All { get; }

    /// <summary>
    /// The ends that can be the other end of one, best first. An address that several hosts have (loopback, a bridge that is the same
    /// everywhere) means the end's own host.
    /// </summary>
    public IEnumerable<ConnectionEnd> PeersOf(ConnectionEnd end)
    {
        var mirrored = _byAddresses[(end.Record.Remote, end.Record.Local)]
            .Where(peer => !ReferenceEquals(peer, end) || end.Record.Local == end.Record.Remote);
        if (end.IsLoopback) return mirrored.Where(end.IsOnHostOf);
        return ConnectionEnd.HasAddressOf(end.Node, end.Record.Remote)
            ? mirrored.OrderByDescending(end.IsOnHostOf)
            : mirrored.OrderByDescending(peer => ConnectionEnd.HasAddressOf(peer.Node, end.Record.Remote));
    }
}
