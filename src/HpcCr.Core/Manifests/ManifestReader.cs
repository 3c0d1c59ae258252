using System.Text.Json;

namespace HpcCr.Core;

/// <summary>Reads a manifest and refuses one that is not whole, or that would lead out of its folder.</summary>
public static class ManifestReader
{
    /// <summary>The largest manifest that is read, in bytes.</summary>
    public const int MaximumBytes = 256 << 20;

    /// <summary>Writes the manifest as it is stored.</summary>
    public static byte[] Write(Manifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, CoreJson.Default.Manifest);

    /// <summary>Reads and checks a manifest.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="where">Its path, for the error.</param>
    /// <exception cref="HpcCrException">It is damaged, of another version, or names paths outside its folder (damaged).</exception>
    public static Manifest Read(ReadOnlySpan<byte> utf8, string where)
    {
        if (utf8.Length > MaximumBytes)
            throw Damaged(where, "it is larger than any manifest");
        Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(utf8, CoreJson.Default.Manifest);
        }
        catch (JsonException e)
        {
            throw Damaged(where, $"line {e.LineNumber + 1} is not what it should be");
        }

        if (manifest is null)
            throw Damaged(where, "it is empty");
        if (manifest.Version != Manifest.CurrentVersion)
            throw Damaged(where, $"it has version {manifest.Version}, and this HpcCr reads version {Manifest.CurrentVersion}");
        return FirstFault(manifest) is { } fault ? throw Damaged(where, fault) : manifest;
    }

    private static string? FirstFault(Manifest manifest)
    {
        var spec = manifest.Spec;
        if (!JobName.IsValid(manifest.Job) || spec.Name != manifest.Job)
            return "its job's name is wrong";
        if (manifest.Epoch <= 0 || manifest.Epoch > 999_999)
            return "its epoch number is wrong";
        if (manifest.Hash != "sha256")
            return $"its hash '{JobName.Printable(manifest.Hash)}' is not known";
        if (spec.Command.Count == 0 || spec.Nodes.Count == 0 || !spec.Nodes.All(NodeName.IsValid))
            return "its command or nodes are wrong";
        if (!Path.IsPathRooted(spec.CheckpointDirectory) || !Path.IsPathRooted(spec.WorkingDirectory))
            return "a directory in it is not absolute";
        if (!manifest.Nodes.Select(n => n.Node).SequenceEqual(spec.Nodes))
            return "its nodes are not those of the job";
        foreach (var node in manifest.Nodes)
        {
            if (node.Files.GroupBy(f => f.Path).Any(g => g.Count() > 1))
                return $"a file of {node.Node} is named twice";
            foreach (var file in node.Files)
                if (!IsInside(file.Path) || file.Size < 0 || !IsSha256(file.Sha256))
                    return $"file '{JobName.Printable(file.Path)}' of {node.Node} is described wrongly";
            if (node.JobFiles.Any(f => f.Size < 0 || !Path.IsPathRooted(f.Path) || f.Path.Contains('\0')))
                return $"an open file of {node.Node} is described wrongly";
        }

        return null;
    }

    private static bool IsInside(string path) =>
        path.Length > 0 && !path.Contains('\0') && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static HpcCrException Damaged(string where, string why) =>
        new(FailureKind.Damaged, $"the manifest {JobName.Printable(where)} is damaged: {why}",
            "Restart from another epoch; `hpccr list JOB` shows them.");
}
