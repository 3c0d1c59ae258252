using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>Which node each sandbox of an epoch goes to.</summary>
internal static class Placement
{
    /// <summary>Reads what was asked for; without anything, all go where they were.</summary>
    /// <param name="what">The epoch or job, for errors.</param>
    /// <param name="before">Where its sandboxes were.</param>
    /// <param name="nodes">The nodes to go to, in the order of the sandboxes; fewer take several each.</param>
    /// <param name="moves">Or: old node (or sandbox) to new; the others stay.</param>
    /// <returns>A node for each sandbox, in the order of the job's nodes.</returns>
    /// <exception cref="HpcCrException">More nodes than sandboxes, or a move from where nothing is (usage).</exception>
    public static IReadOnlyList<string> Of(
        string what, IReadOnlyList<Place> before, IReadOnlyList<string> nodes, IReadOnlyDictionary<string, string> moves)
    {
        if (nodes.Count > 0 && moves.Count > 0)
            throw new HpcCrException(FailureKind.Usage, "the nodes are named twice", "Give either --nodes or --map.");
        if (nodes.Count > before.Count)
        {
            throw new HpcCrException(FailureKind.Usage, $"{what} has {before.Count} sandboxes, and {nodes.Count} nodes are named",
                $"Name at most {before.Count}.");
        }

        if (nodes.Count > 0)
            return [.. before.Select((_, i) => NodeName.Check(nodes[i * nodes.Count / before.Count]))];
        foreach (var from in moves.Keys.Where(from => !before.Any(p => p.Node == from || p.Sandbox == from)))
        {
            throw new HpcCrException(FailureKind.Usage, $"nothing of {what} was on {JobName.Printable(from)}",
                $"It was on {string.Join(", ", before.Select(p => p.Node).Distinct())}.");
        }

        return [.. before.Select(p => moves.TryGetValue(p.Node, out var to) || moves.TryGetValue(p.Sandbox, out to) ? NodeName.Check(to) : p.Node)];
    }
}
