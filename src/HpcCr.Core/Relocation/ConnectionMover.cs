using System.Net;

namespace HpcCr.Core;

/// <summary>Finds the new ends of every connection: the other end is known by its own record, where the job holds it.</summary>
/// <param name="nodes">What the sandboxes had at the cut.</param>
/// <param name="moves">The new address of each address of each sandbox.</param>
/// <param name="outside">Which lead outside the job.</param>
internal sealed class ConnectionMover(
    IReadOnlyList<ManifestNode> nodes, IReadOnlyList<IReadOnlyDictionary<IPAddress, IPAddress>> moves, OutsideConnections outside)
{
    private readonly ILookup<(string, string), int> _sandboxes = nodes
        .SelectMany((node, i) => node.Connections.Select(c => (Ends: (c.Local, c.Remote), i)))
        .ToLookup(end => end.Ends, end => end.i);

    /// <summary>The connections of a sandbox that change, and those that do not although an address of theirs does for the job.</summary>
    public IReadOnlyList<ConnectionChange> ChangesOf(int sandbox) =>
        [.. nodes[sandbox].Connections.Where(c => outside.IsRestored(sandbox, c)).Select(c => Change(sandbox, c))
            .Where(c => c.OldLocal != c.Local || c.OldRemote != c.Remote || IsOldAddress(c.OldRemote))];

    /// <summary>Addresses of the other sandboxes, where no connection tells more.</summary>
    public IReadOnlyDictionary<IPAddress, IPAddress> PeersOf(int sandbox) =>
        moves.Where((_, i) => i != sandbox).SelectMany(m => m).DistinctBy(m => m.Key).ToDictionary();

    private ConnectionChange Change(int sandbox, ConnectionRecord connection)
    {
        var local = IPEndPoint.Parse(connection.Local);
        var remote = IPEndPoint.Parse(connection.Remote);
        if (IPAddress.IsLoopback(remote.Address))
            return new ConnectionChange(connection.Local, connection.Remote, connection.Local, connection.Remote);
        if (outside.IsOutside(connection))
            return new ConnectionChange(connection.Local, connection.Remote, Moved(local, sandbox), connection.Remote);
        var others = _sandboxes[(connection.Remote, connection.Local)].ToList();
        // One end may be all that is left of it; then its address alone tells whose the other was.
        var peer = others.Count > 0 ? others[0] : Enumerable.Range(0, moves.Count).OrderBy(i => i == sandbox).FirstOrDefault(i => moves[i].ContainsKey(remote.Address), sandbox);
        return new ConnectionChange(connection.Local, connection.Remote, Moved(local, sandbox), Moved(remote, peer));
    }

    private bool IsOldAddress(string end) => IPEndPoint.Parse(end).Address is var address && moves.Any(m => m.TryGetValue(address, out var now) && !now.Equals(address));

    private string Moved(IPEndPoint end, int sandbox) =>
        (moves[sandbox].TryGetValue(end.Address, out var address) ? new IPEndPoint(address, end.Port) : end).ToString();
}
