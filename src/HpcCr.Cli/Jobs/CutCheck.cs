using HpcCr.Criu.Images;

namespace HpcCr.Cli.Jobs;

/// <summary>Proves the cut of an epoch again, from its images and not from what the manifest says of them.</summary>
internal static class CutCheck
{
    private const string ImagesName = "images";

    /// <summary>What does not fit; empty when all does, and for epochs that were made before there was a proof.</summary>
    /// <param name="epochPath">The epoch's folder, whose files are those of the manifest.</param>
    /// <param name="manifest">Its manifest.</param>
    public static IReadOnlyList<string> Faults(string epochPath, Manifest manifest)
    {
        if (manifest.Cut is null && manifest.Nodes.All(node => node.Connections.All(c => c.Numbers is null))) return [];
        var faults = new List<string>();
        var nodes = new List<ManifestNode>();
        foreach (var node in manifest.Nodes)
        {
            try
            {
                var connections = ConnectionImages.Describe(Path.Combine(epochPath, node.Node, ImagesName), node.Connections);
                faults.AddRange(node.Connections.Except(connections)
                    .Select(c => $"{node.Node}: the images do not have the connection {c.Local} to {c.Remote} as the manifest has it"));
                nodes.Add(node with { Connections = connections });
            }
            catch (ImageFormatException e)
            {
                faults.Add(e.Message);
            }
        }

        // With one node's images unreadable its peers' connections would all seem to lack an end.
        return nodes.Count < manifest.Nodes.Count ? faults : [.. faults, .. CutProof.Of(nodes).Faults];
    }
}
