namespace HpcCr.Linux;

/// <summary>How paths lead through a mount table.</summary>
public static class MountTable
{
    /// <summary>Every mount that one of the paths leads through, as the kernel walks: hidden mounts are not met.</summary>
    /// <param name="table">The table.</param>
    /// <param name="paths">Absolute paths without links in them.</param>
    /// <returns>Numbers of mounts: those that the paths are on, and those above.</returns>
    public static IReadOnlySet<int> Crossed(IReadOnlyList<MountInfo> table, IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var children = table.ToLookup(m => m.Parent);
        var numbers = table.Select(m => m.Id).ToHashSet();
        var roots = table.Where(m => !numbers.Contains(m.Parent) || m.Parent == m.Id).ToList();
        HashSet<int> crossed = [];
        foreach (var path in paths.Distinct())
        {
            for (var mount = First(roots, path); mount is not null; mount = First(children[mount.Id].Where(m => m.Id != m.Parent), path))
                crossed.Add(mount.Id);
        }

        return crossed;
    }

    // Of mounts on the same file system the walk meets the one nearest to its root first.
    private static MountInfo? First(IEnumerable<MountInfo> mounts, string path) =>
        mounts.Where(m => Leads(m.MountPoint, path)).MinBy(m => m.MountPoint.Length);

    private static bool Leads(string mountPoint, string path) =>
        mountPoint == "/" || path == mountPoint || (path.StartsWith(mountPoint, StringComparison.Ordinal) && path[mountPoint.Length] == '/');
}
