using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The mounts of the host that a sandbox sees, and which of them the job uses.</summary>
internal static class HostMounts
{
    /// <summary>Mount points of the sandbox's own: made or bound anew wherever it is restored.</summary>
    public static IReadOnlyList<string> Own(LocalJob job) =>
        ["/", "/proc", "/dev/pts", "/dev/shm", job.Layout.TemporaryInside, .. job.Spec.PrivateTmp ? ["/tmp"] : Array.Empty<string>()];

    /// <summary>This node's mounts, by mount point: the kind of the one that is seen.</summary>
    /// <param name="awaited">Mount points that are looked into first: an automounter then mounts what is wanted.</param>
    public static IReadOnlyDictionary<string, string> Here(IEnumerable<string> awaited)
    {
        foreach (var mountPoint in awaited)
            Directory.Exists(mountPoint + "/.");
        return MountInfo.Read().GroupBy(m => m.MountPoint).ToDictionary(g => g.Key, g => g.Last().FileSystem);
    }

    /// <summary>Those that are in both tables; what the job has mounted by itself is not the host's, but uses what it is mounted on.</summary>
    /// <param name="job">The job.</param>
    /// <param name="inside">The sandbox's mount table.</param>
    /// <param name="host">The host's.</param>
    /// <param name="paths">What the images name.</param>
    public static IReadOnlyList<MountRecord> OfJob(LocalJob job, IReadOnlyList<MountInfo> inside, IReadOnlyList<MountInfo> host, IEnumerable<string> paths)
    {
        var own = Own(job);
        var onHost = host.Select(m => (m.MountPoint, m.Device)).ToHashSet();
        var ofHost = inside.ToLookup(m => !own.Contains(m.MountPoint) && onHost.Contains((m.MountPoint, m.Device)));
        var used = MountTable.Crossed(inside, paths.Concat(ofHost[false].Select(m => m.MountPoint)));
        return [.. ofHost[true].GroupBy(m => m.MountPoint)
            .Select(g => new MountRecord(g.Key, g.Last().FileSystem, g.Last().Source, g.Any(m => used.Contains(m.Id))))];
    }
}
