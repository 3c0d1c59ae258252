using HpcCr.Cli.Output;
using HpcCr.Store;

namespace HpcCr.Cli.Jobs;

/// <summary>The files of an epoch as the command line shows them.</summary>
internal static class FileViews
{
    private const string Input = "Input";

    /// <summary>Headings of the table.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["node", "policy", "size>", "offset>", "file", "a restart from here"];

    /// <summary>A row of the table.</summary>
    public static IReadOnlyList<string> Row(FileDocument file) =>
        [file.Node, file.Policy, file.Size is { } size ? Quantity.Bytes(size) : "", $"{file.Offset}", file.Path, file.Restart];

    /// <summary>The files of all nodes, each with how it looks from this machine now.</summary>
    /// <param name="path">The epoch's folder.</param>
    /// <param name="manifest">Its manifest.</param>
    public static IReadOnlyList<FileDocument> Of(string path, Manifest manifest)
    {
        var asides = AsideIndex.Read(Path.GetDirectoryName(path)!);
        return [.. manifest.Nodes.SelectMany(node => Of(manifest, node, asides))];
    }

    private static IEnumerable<FileDocument> Of(Manifest manifest, ManifestNode node, AsideIndex asides)
    {
        var own = manifest.FilesPutBackBy(node).ToHashSet();
        foreach (var file in node.JobFiles)
        {
            var outlook = FileOutlook.Of(file, manifest.Epoch, node, asides, new SameIdentity(), compare: true);
            yield return new FileDocument(node.Node, file.Path, file.Policy.ToString(), file.Size, file.Offset < 0 ? null : file.Offset,
                file.IsPutBack && !own.Contains(file) ? "is put back by another node" : outlook.Fault is { } fault ? $"{outlook.Text}: {fault}" : outlook.Text);
        }

        foreach (var file in (node.NeededFiles ?? []).Where(file => !file.IsFolder))
            yield return new FileDocument(node.Node, file.Path, Input, file.Size, null, file.Sha256 is null ? "must have this size" : "must have this size and these contents");
    }
}
