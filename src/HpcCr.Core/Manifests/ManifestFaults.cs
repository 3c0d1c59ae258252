using System.Net;

namespace HpcCr.Core;

/// <summary>What can be wrong with a manifest that is well-formed JSON. Whoever uses one that has none of it meets no surprise.</summary>
internal static class ManifestFaults
{
    /// <summary>The first fault as half a sentence, or null.</summary>
    public static string? FirstOf(Manifest manifest) =>
        HasGaps(manifest) ? "it has an empty entry, or lacks one"
        : OfEpoch(manifest) ?? OfSpec(manifest.Spec)
        ?? (manifest.Nodes.Select(n => n.Node).SequenceEqual(manifest.Spec.Nodes) ? null : "its nodes are not those of the job")
        ?? manifest.Nodes.Select(OfNode).FirstOrDefault(fault => fault is not null)
        ?? (TotalOf(manifest) > long.MaxValue ? "its files are larger than any disk" : null);

    // The JSON reader knows which properties may be null, but neither elements of lists nor properties that are left out.
    private static bool HasGaps(Manifest manifest) =>
        HasGap(manifest.Nodes) || HasGap(manifest.Signatures) || manifest.Signatures.Any(s => s.Part is null || s.KeyId is null || s.Value is null)
        || manifest.Nodes.Any(n => HasGap(n.Addresses) || HasGap(n.Files) || HasGap(n.Connections) || HasGap(n.Listeners) || HasGap(n.JobFiles)
            || HasGap(n.NeededFiles ?? []) || HasGap(n.Mounts ?? []) || HasGap(n.ListenerTimeouts ?? []) || HasGap(n.HugePages ?? [])
            || (n.Machine is { } machine && (machine.Kernel is null || HasGap(machine.ProcessorFlags))) || n.User is { Groups: null }
            || HasGap(n.ProcessorBindings ?? []) || n.ProcessorBindings?.Any(b => b.Processors is null || b.Threads is null) == true
            || HasGap(n.PluginEnds ?? []) || n.PluginEnds?.Any(e => e.Key is null || e.Plugin is null || e.Path is null) == true
            || (n.Tree is { } tree && HasGap(tree.Replaced)))
        || HasGap(manifest.Spec.Hosts) || HasGap(manifest.Spec.PastAddresses)
        || manifest.Spec.PastAddresses.Any(g => HasGap(g.OfSandboxes) || g.OfSandboxes.Any(HasGap))
        || HasGap(manifest.Spec.Command) || HasGap(manifest.Spec.Nodes) || HasGap(manifest.Spec.Limits) || HasGap(manifest.Spec.Capture) || HasGap(manifest.Spec.Outside) || HasGap(manifest.Spec.Plugins) || HasGap(manifest.Spec.Environment?.Values);

    private static bool HasGap<T>(IEnumerable<T>? list)
        where T : class => list is null || list.Contains(null!);

    private static string? OfEpoch(Manifest manifest) =>
        !JobName.IsValid(manifest.Job) || manifest.Spec.Name != manifest.Job ? "its job's name is wrong"
        : manifest.Epoch is <= 0 or > EpochName.Maximum ? "its epoch number is wrong"
        : manifest.Hash != "sha256" ? $"its hash '{JobName.Printable(manifest.Hash)}' is not known"
        : null;

    private static string? OfSpec(JobSpec spec) =>
        spec.Command.Count == 0 || spec.Nodes.Count == 0 || !spec.Nodes.All(NodeName.IsValid) || spec.Nodes.Distinct().Count() < spec.Nodes.Count
            ? "its command or nodes are wrong"
        : (spec.Hosts.Count > 0 && spec.Hosts.Count != spec.Nodes.Count) || !spec.Hosts.All(NodeName.IsValid) ? "the places of its sandboxes are wrong"
        : spec.PastAddresses.Any(g => g.OfSandboxes.Count != spec.Nodes.Count || g.OfSandboxes.Any(list => !list.All(IsAddress))) ? "an earlier address in it is none"
        : spec.IntervalMilliseconds is < 0 or > JobSpec.LongestInterval || spec.Keep < 0 ? "its schedule is wrong"
        : !Path.IsPathRooted(spec.CheckpointDirectory) || !Path.IsPathRooted(spec.WorkingDirectory) ? "a directory in it is not absolute"
        : !spec.Capture.All(Path.IsPathRooted) ? "a pattern of files to capture is not absolute"
        : !spec.Outside.All(rule => OutsideRule.TryParse(rule, out _)) ? "a rule about connections to outside is none"
        : spec.Environment.SelectMany(e => new[] { e.Key, e.Value }).Concat(spec.Command).Concat(spec.Capture)
            .Append(spec.CheckpointDirectory).Append(spec.WorkingDirectory).Any(HasNul) ? "it has a character that no process can be given"
        : null;

    private static string? OfNode(ManifestNode node)
    {
        if (!node.Addresses.All(IsAddress))
            return $"an address of {node.Node} is none";
        var paths = node.Files.Select(f => f.Path).ToHashSet();
        if (paths.Count < node.Files.Count)
            return $"a file of {node.Node} is named twice";
        foreach (var file in node.Files)
        {
            if (!IsInside(file.Path) || file.Size < 0 || !IsSha256(file.Sha256))
                return $"file '{JobName.Printable(file.Path)}' of {node.Node} is described wrongly";
            if (FoldersOf(file.Path).Any(paths.Contains))
                return $"one name in the path '{JobName.Printable(file.Path)}' of {node.Node} is both a file and a folder";
        }

        if (node.Tree is { } tree && (tree.LastPid <= 0 || tree.OutsideSession < 0 || tree.Replaced.Any(r => string.IsNullOrEmpty(r.Key) || HasNul(r.Key))))
            return $"the tree of {node.Node} is described wrongly";
        if (node.JobFiles.Any(f => f.Size < 0 || !Path.IsPathRooted(f.Path) || HasNul(f.Path) || (f.Tail is not null && !IsSha256(f.Tail))
            || (f.Stored is not null && !node.Files.Any(i => i.Path == f.Stored && i.Size == f.Size))
            || (f.Policy is FilePolicy.Rewritten or FilePolicy.Captured && f.Stored is null)))
            return $"an open file of {node.Node} is described wrongly";
        if (node.NeededFiles?.Any(f => f.Size < 0 || !Path.IsPathRooted(f.Path) || HasNul(f.Path) || (f.Sha256 is not null && !IsSha256(f.Sha256))) == true || node.Mounts?.Any(m => !Path.IsPathRooted(m.MountPoint)) == true)
            return $"a file or mount that {node.Node} needs is described wrongly";
        if (node.HugePages?.Any(pages => pages.Bytes <= 0 || pages.Count < 0) == true)
            return $"huge pages of {node.Node} are described wrongly";
        return node.Connections.SelectMany(c => new[] { c.Local, c.Remote }).Concat(node.Listeners)
                .Concat(node.ListenerTimeouts?.Select(t => t.Local) ?? []).All(text => IPEndPoint.TryParse(text, out _))
            ? null
            : $"a connection of {node.Node} is described wrongly";
    }

    private static decimal TotalOf(Manifest manifest) => manifest.Nodes.SelectMany(n => n.Files).Sum(f => (decimal)f.Size);

    private static IEnumerable<string> FoldersOf(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }

    private static bool IsInside(string path) => !HasNul(path) && path.Split('/').All(part => part is not ("" or "." or ".."));

    private static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static bool IsAddress(string text) => IPAddress.TryParse(text, out _);

    private static bool HasNul(string text) => text.Contains('\0');
}
