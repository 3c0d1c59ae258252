using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Which file systems all nodes see: that of the checkpoint directory, of which it has been proven, and those that are made for it.</summary>
/// <param name="jobFolder">The job's folder.</param>
/// <param name="mounts">The node's mount table.</param>
internal sealed class SharedFileSystems(string jobFolder, IReadOnlyList<MountInfo> mounts)
{
    private static readonly string[] Kinds =
        ["nfs", "nfs4", "lustre", "gpfs", "beegfs", "ceph", "cifs", "smb3", "9p", "afs", "pvfs2", "panfs", "wekafs", "glusterfs", "fuse.glusterfs", "fuse.juicefs", "fuse.sshfs"];

    private readonly HashSet<string?> _devices =
        [FileStamp.DeviceOf(jobFolder), .. mounts.Where(mount => Kinds.Contains(mount.FileSystem)).Select(mount => mount.Device)];

    /// <summary>Whether the same path is the same file on all nodes of the job.</summary>
    public bool Holds(FileStamp file) => _devices.Contains(file.Device);
}
