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
        var mounts = MountInfo.Read().Select(m => m.MountPoint).Where(p => IsAtOrBelow(p, hidden) && !IsAtOrBelow(p, kept));
        foreach (var mount in mounts.Where(p => kept.Length == 0 || p != hidden).Reverse())
            Mounts.Unmount(mount, detach: true);
    }

    private static bool IsAtOrBelow(string path, string folder) =>
        folder.Length > 0 && (path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal));
}
