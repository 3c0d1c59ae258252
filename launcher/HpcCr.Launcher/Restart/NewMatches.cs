using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Files that fit what was to be captured and were not there at the cut: a restart sets them aside.</summary>
internal static class NewMatches
{
    /// <summary>Lists those that are this sandbox's to set aside.</summary>
    /// <param name="manifest">The epoch.</param>
    /// <param name="sandbox">The node's part of it.</param>
    /// <param name="layout">The sandbox's folders here.</param>
    /// <param name="store">The file systems as the job's user sees them.</param>
    public static IReadOnlyList<string> Of(Manifest manifest, ManifestNode sandbox, SandboxLayout layout, StoreAccess store)
    {
        var spec = manifest.Spec;
        if (spec.Capture.Count == 0)
            return [];
        var known = manifest.Nodes.SelectMany(node => node.JobFiles.Where(file => file.IsShared || node == sandbox)).Select(file => file.Path).ToHashSet();
        return store.Run(() =>
        {
            var shared = new SharedFileSystems(spec.Folder, MountInfo.Read());
            return MatchingFiles.Of(spec).Where(path => !known.Contains(path) && !OpenFiles.IsPrivate(spec, layout, path)
                && (spec.Head == sandbox.Node || (FileStamp.Of(path) is { } stamp && !shared.Holds(stamp)))).ToList();
        });
    }
}
