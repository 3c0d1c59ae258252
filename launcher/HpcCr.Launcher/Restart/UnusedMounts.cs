using HpcCr.Core;
using HpcCr.Criu.Images;

namespace HpcCr.Launcher;

/// <summary>Mounts of the epoch that the job does not use and that are not on this node: the engine would insist on them.</summary>
internal static class UnusedMounts
{
    /// <summary>Takes them out of the images, and with them what was mounted on them.</summary>
    /// <param name="sandbox">The node's part of the epoch.</param>
    /// <param name="images">The images, copied to this node's staging.</param>
    /// <returns>Where they were.</returns>
    public static IReadOnlyList<string> Drop(ManifestNode sandbox, string images)
    {
        // An attached tree has no mounts of its own, and so none in its images.
        if (sandbox.Tree is not null)
            return [];
        var here = HostMounts.Here([]);
        var absent = (sandbox.Mounts ?? []).Where(m => !m.IsUsed && here.GetValueOrDefault(m.MountPoint) != m.FileSystem).Select(m => m.MountPoint).ToHashSet();
        if (absent.Count == 0)
            return [];
        var mounts = MountsImage.Read(images);
        var below = mounts.ToLookup(m => m.ParentId, m => m.MountId);
        HashSet<uint> dropped = [];
        var next = new Queue<uint>(mounts.Where(m => absent.Contains(m.AbsolutePath)).Select(m => m.MountId));
        while (next.TryDequeue(out var mount))
        {
            if (!dropped.Add(mount))
                continue;
            foreach (var child in below[mount])
                next.Enqueue(child);
        }

        MountsImage.RemoveWhere(images, m => dropped.Contains(m.MountId));
        return [.. mounts.Where(m => dropped.Contains(m.MountId)).Select(m => m.AbsolutePath)];
    }
}
