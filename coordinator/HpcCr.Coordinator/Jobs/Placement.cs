using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>Which node each sandbox of an epoch goes to.</summary>
internal static class Placement
{
    /// <summary>Reads what was asked for; without anything, all go where they were.</summary>
    /// <returns>A node for each sandbox, in the order of the job's nodes.</returns>
    /// <exception cref="HpcCrException">More nodes than sandboxes, or a move from where nothing is (usage).</exception>
    public static IReadOnlyList<string> Of(Manifest manifest, RestartRequest request)
    {
        var before = manifest.Nodes.Select(n => new Place(n.Node, n.Host ?? n.Node)).ToList();
        if (request.Nodes.Count > 0 && request.Moves.Count > 0)
            throw new HpcCrException(FailureKind.Usage, "the nodes of a restart are named twice", "Give either --nodes or --map.");
        if (request.Nodes.Count > before.Count)
        {
            throw new HpcCrException(FailureKind.Usage, $"epoch {manifest.Epoch} of {manifest.Job} has {before.Count} sandboxes, and {request.Nodes.Count} nodes are named",
                $"Name at most {before.Count}.");
        }

        if (request.Nodes.Count > 0)
            return [.. before.Select((_, i) => NodeName.Check(request.Nodes[i * request.Nodes.Count / before.Count]))];
        foreach (var from in request.Moves.Keys.Where(from => !before.Any(p => p.Node == from || p.Sandbox == from)))
        {
            throw new HpcCrException(FailureKind.Usage, $"nothing of epoch {manifest.Epoch} of {manifest.Job} was on {JobName.Printable(from)}",
                $"It was on {string.Join(", ", before.Select(p => p.Node).Distinct())}.");
        }

        return [.. before.Select(p => request.Moves.TryGetValue(p.Node, out var to) || request.Moves.TryGetValue(p.Sandbox, out to) ? NodeName.Check(to) : p.Node)];
    }
}
