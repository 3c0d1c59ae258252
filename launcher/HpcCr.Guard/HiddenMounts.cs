using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>The folders of other jobs, which a sandbox does not see.</summary>
internal static class HiddenMounts
{
    /// <summary>Unmounts what is mounted at a folder and below it, in the calling thread's mount namespace.</summary>
    /// <param name="hidden">The folder; empty for none.</param>
    /// <param name="kept">A folder below it that stays as it is; empty for none. Then the mount at the hidden folder itself stays too.</param>
    public static void Unmount(string hidden, string kept = "")
    {
        var mounts = MountInfo.Read().Where(m => IsAtOrBelow(m.MountPoint, hidden) && !IsAtOrBelow(m.MountPoint, kept));
        foreach (var mount in mounts.Where(m => kept.Length == 0 || m.MountPoint != hidden).Reverse())
        {
            try
            {
                Mounts.Unmount(mount.MountPoint, detach: true);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.EINVAL && MountInfo.Read().All(m => m.Id != mount.Id))
            {
                // Its job has ended since: the removal of a mount point detaches what is mounted there in every mount namespace.
            }
        }
    }

    private static bool IsAtOrBelow(string path, string folder) =>
        folder.Length > 0 && (path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal));
}
