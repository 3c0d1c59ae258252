using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Where this node has the files of a job. A job may have mounts of its own (a tmpfs, a bind, a mount namespace): the same path is then another file
/// here, or none. What a restart touches must be proven to be the file that the job had: same device, same inode.
/// </summary>
/// <param name="host">This node's mount table.</param>
internal sealed class JobMounts(IReadOnlyList<MountInfo> host)
{
    private readonly Dictionary<string, IReadOnlyList<MountInfo>> _tables = [];
    private readonly HashSet<string> _devices = [.. host.Select(mount => mount.Device)];

    /// <summary>The path at which this node has a file that has a name.</summary>
    /// <param name="use">How the job has it.</param>
    /// <param name="stamp">Which file it is.</param>
    /// <param name="job">The job: what root may not walk its user may.</param>
    /// <returns>Null: nowhere; it is on a mount of the job's own.</returns>
    public string? PathOf(FileUse use, FileStamp stamp, LocalJob job)
    {
        if (IsAt(use.Name, stamp, job))
            return use.Name;
        return MountOf(use) is { } mount && IsOfHost(mount.Device) ? Candidates(mount, use.Name).FirstOrDefault(path => IsAt(path, stamp, job)) : null;
    }

    /// <summary>The path at which this node had a file that has lost its name.</summary>
    /// <returns>Null: nowhere; it is on a mount of the job's own.</returns>
    public string? LostPathOf(FileUse use) => MountOf(use) is not { } mount || IsSame(mount) ? use.Name
        : IsOfHost(mount.Device) ? Candidates(mount, use.Name).FirstOrDefault()
        : null;

    /// <summary>Paths that a file may have here, best first: the mount's file system may be mounted in several places.</summary>
    /// <param name="mount">The mount of the job that it is on.</param>
    /// <param name="path">Its path there.</param>
    public IEnumerable<string> Candidates(MountInfo mount, string path)
    {
        if (Below(mount.MountPoint, path) is not { } below)
            yield break;
        var place = Join(mount.Root, below);
        foreach (var other in host.Where(m => m.Device == mount.Device).OrderByDescending(m => m.MountPoint == mount.MountPoint))
            if (Below(other.Root, place) is { } rest)
                yield return Join(other.MountPoint, rest);
    }

    /// <summary>Whether this node has the same mount at the same place.</summary>
    public bool IsSame(MountInfo mount) => host.Any(m => m.MountPoint == mount.MountPoint && m.Device == mount.Device && m.Root == mount.Root);

    /// <summary>Whether this node has the file system mounted anywhere.</summary>
    /// <param name="device">Its device, <c>major:minor</c>.</param>
    public bool IsOfHost(string device) => _devices.Contains(device);

    private MountInfo? MountOf(FileUse use) => FileStamp.MountOf(use.Link) is { } number ? TableOf(use.Pid).FirstOrDefault(mount => mount.Id == number) : null;

    private static bool IsAt(string path, FileStamp stamp, LocalJob job) =>
        FileStamp.Of(path) is { } there ? there.IsSameFile(stamp) : job.Spec.Uid != 0 && job.Store.Run(() => FileStamp.Of(path)) is { } seen && seen.IsSameFile(stamp);

    private IReadOnlyList<MountInfo> TableOf(int pid)
    {
        if (ProcFs.LinkOf(pid, "ns/mnt") is not { } space)
            return [];
        if (_tables.TryGetValue(space, out var known))
            return known;
        try
        {
            return _tables[space] = MountInfo.Read(pid);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string? Below(string folder, string path) => folder == "/" ? path.TrimStart('/')
        : path == folder ? ""
        : path.StartsWith(folder + "/", StringComparison.Ordinal) ? path[(folder.Length + 1)..]
        : null;

    private static string Join(string folder, string below) => below.Length == 0 ? folder : Path.Combine(folder, below);
}
