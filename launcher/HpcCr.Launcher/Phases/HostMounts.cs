using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The mounts of the host that a sandbox sees, and which of them the job uses.</summary>
internal static class HostMounts
{
    /// <summary>Mount points of the sandbox's own: made or bound anew wherever it is restored.</summary>
    public static IReadOnlyList<string> Own(LocalJob job) =>
        ["/", "/proc", "/dev/pts", "/dev/shm", job.Layout.TemporaryInside, .. job.Spec.PrivateTmp ? ["/tmp"] : Array.Empty<string>()];

    /// <summary>Those that are in both tables; what the job has mounted by itself is not the host's.</summary>
    /// <param name="job">The job.</param>
    /// <param name="inside">The sandbox's mount table.</param>
    /// <param name="host">The host's.</param>
    /// <param name="paths">What the images name.</param>
    public static IReadOnlyList<MountRecord> OfJob(LocalJob job, IReadOnlyList<MountInfo> inside, IReadOnlyList<MountInfo> host, IEnumerable<string> paths)
    {
        var own = Own(job);
        var onHost = host.Select(m => (m.MountPoint, m.Device)).ToHashSet();
        var used = MountTable.Crossed(inside, paths);
        return [.. inside.Where(m => !own.Contains(m.MountPoint) && onHost.Contains((m.MountPoint, m.Device)))
            .GroupBy(m => m.MountPoint).Select(g => new MountRecord(g.Key, g.Last().FileSystem, g.Last().Source, g.Any(m => used.Contains(m.Id))))];
    }
}
