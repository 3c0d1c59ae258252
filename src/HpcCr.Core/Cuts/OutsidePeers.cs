namespace HpcCr.Core;

/// <summary>Tells connections to other programs on the job's nodes from connections inside the job.</summary>
public static class OutsidePeers
{
    /// <summary>Marks the ends whose peer belongs to a program outside the job as such.</summary>
    /// <param name="nodes">The nodes' parts of an epoch, where all ends at addresses of the job's nodes count as inside.</param>
    /// <param name="others">What each sandbox saw of others' sockets on its host: local and remote end.</param>
    public static IReadOnlyList<ManifestNode> Mark(
        IReadOnlyList<ManifestNode> nodes, IReadOnlyDictionary<string, IReadOnlySet<(string Local, string Remote)>> others)
    {
        var ends = new ConnectionEnds(nodes);
        var outside = ends.All.Where(end => end.Record.InJob && !ends.PeersOf(end).Any() && IsOthers(end))
            .Select(end => end.Record).ToHashSet(ReferenceEqualityComparer.Instance);
        return outside.Count == 0 ? nodes
            : [.. nodes.Select(node => node with { Connections = [.. node.Connections.Select(c => outside.Contains(c) ? c with { InJob = false } : c)] })];

        bool IsOthers(ConnectionEnd end) => nodes.Any(node =>
            (!end.IsLoopback || end.IsOnHostOf(node))
            && others.TryGetValue(node.Node, out var seen) && seen.Contains((end.Record.Remote, end.Record.Local)));
    }
}
