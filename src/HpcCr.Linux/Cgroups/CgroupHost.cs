namespace HpcCr.Linux;

/// <summary>Where this host has its cgroup hierarchies, and where in them we are.</summary>
/// <param name="V2Root">The v2 mount: /sys/fs/cgroup, or /sys/fs/cgroup/unified on hybrid hosts.</param>
/// <param name="OwnV2Path">The folder of our own v2 cgroup, below or equal to <paramref name="V2Root"/>.</param>
/// <param name="V1FreezerRoot">The mount of the v1 freezer; null on hosts without.</param>
/// <param name="OwnV1FreezerPath">The folder of our own cgroup in it; null likewise.</param>
public sealed record CgroupHost(string V2Root, string OwnV2Path, string? V1FreezerRoot, string? OwnV1FreezerPath)
{
    private const string Base = "/sys/fs/cgroup";

    /// <summary>Whether v1 and v2 hierarchies are mounted side by side.</summary>
    public bool IsHybrid => V2Root != Base;

    /// <summary>Asks the kernel (mount table and /proc/self/cgroup).</summary>
    /// <returns>What there is.</returns>
    /// <exception cref="LinuxException">ENODEV: no v2 hierarchy is mounted.</exception>
    public static CgroupHost Detect()
    {
        IReadOnlyList<MountInfo> mounts = MountInfo.Read();
        MountInfo v2 = mounts.Where(mount => mount.FileSystem == "cgroup2").MinBy(mount => mount.MountPoint.StartsWith(Base, StringComparison.Ordinal) ? 0 : 1)
            ?? throw new LinuxException("find(a mounted cgroup v2 hierarchy)", Errno.ENODEV);
        MountInfo? freezer = mounts.FirstOrDefault(mount => mount.FileSystem == "cgroup" && mount.SuperOptions.Split(',').Contains("freezer"));
        string own = ProcFs.CgroupV2Of(Environment.ProcessId) ?? "/";
        string? ownFreezer = ProcFs.CgroupOf("/proc/self/cgroup", IsFreezerLine);
        return new CgroupHost(
            v2.MountPoint,
            Below(v2, own),
            freezer?.MountPoint,
            freezer is null ? null : Below(freezer, ownFreezer ?? "/"));
    }

    /// <summary>The folder of a process's v2 cgroup.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>The folder; null when the process is gone.</returns>
    public string? PathOf(int pid) => ProcFs.CgroupV2Of(pid) is { } path ? Join(V2Root, path) : null;

    /// <summary>The folder of a process's cgroup in the v1 freezer.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>The folder; null when the process is gone, or there is no v1 freezer.</returns>
    public string? V1FreezerPathOf(int pid) =>
        V1FreezerRoot is { } root && ProcFs.CgroupOf($"/proc/{pid}/cgroup", IsFreezerLine) is { } path ? Join(root, path) : null;

    private static bool IsFreezerLine(string line) => line.Split(':') is [_, var controllers, ..] && controllers.Split(',').Contains("freezer");

    // A container may see only part of the hierarchy, mounted at its root: what /proc says is then outside, and the mount itself is ours.
    private static string Below(MountInfo mount, string path)
    {
        string folder = Join(mount.MountPoint, path);
        return Directory.Exists(folder) ? folder : mount.MountPoint;
    }

    private static string Join(string root, string path) => Path.TrimEndingDirectorySeparator(Path.Combine(root, path.TrimStart('/')));
}
