using System.Net;

namespace HpcCr.Core;

/// <summary>Ports that two sandboxes would need on the same node.</summary>
internal static class PortConflicts
{
    /// <summary>One sentence for each.</summary>
    public static IEnumerable<string> Of(Manifest manifest, IReadOnlyList<SandboxRelocation> sandboxes, OutsideConnections outside)
    {
        var parts = manifest.Nodes.Zip(sandboxes, (node, relocation) => (Node: node, Relocation: relocation)).Select((part, i) => (part.Node, part.Relocation, Index: i)).ToList();
        foreach (var together in parts.GroupBy(p => p.Relocation.Place.Node).Where(group => group.Count() > 1))
        {
            var listeners = together.SelectMany(p => p.Node.Listeners.Distinct().Select(l => (p.Node.Node, End: Moved(l, p.Relocation)))).ToList();
            foreach (var port in listeners.GroupBy(l => l.End.Port).Where(group => Clash([.. group])))
            {
                yield return $"{together.Key}: port {port.Key} is needed by the sandboxes {string.Join(" and ", port.Select(l => l.Node).Distinct())}; "
                    + "put them on different nodes";
            }

            var ends = together.SelectMany(p => p.Node.Connections.Where(c => outside.IsRestored(p.Index, c)).Select(c => p.Relocation.Connections
                .Where(change => change.OldLocal == c.Local && change.OldRemote == c.Remote)
                .Select(change => (change.Local, change.Remote)).FirstOrDefault((c.Local, c.Remote))));
            foreach (var (local, remote) in ends.GroupBy(e => e).Where(group => group.Count() > 1).Select(group => group.Key))
                yield return $"{together.Key}: two sandboxes have a connection from {local} to {remote}; put them on different nodes";
        }
    }

    private static IPEndPoint Moved(string listener, SandboxRelocation relocation)
    {
        var end = IPEndPoint.Parse(listener);
        return relocation.Own.FirstOrDefault(c => c.From == end.Address.ToString()) is { } change ? new IPEndPoint(IPAddress.Parse(change.To), end.Port) : end;
    }

    private static bool Clash(List<(string Node, IPEndPoint End)> listeners) =>
        listeners.SelectMany((a, i) => listeners.Skip(i + 1).Select(b => (a, b)))
            .Any(pair => pair.a.Node != pair.b.Node && (IsAny(pair.a.End) || IsAny(pair.b.End) || pair.a.End.Equals(pair.b.End)));

    private static bool IsAny(IPEndPoint end) => end.Address.Equals(IPAddress.Any) || end.Address.Equals(IPAddress.IPv6Any);
}
