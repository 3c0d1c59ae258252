using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>
/// Mounts of a part of a file system (a bind over /etc/hosts, say) that share a peer group with the whole of it: the engine
/// would take one for the other's source when it restores them. Private ones it restores right.
/// </summary>
internal static class PartialMounts
{
    /// <summary>Makes them private in the calling thread's mount namespace.</summary>
    public static void MakePrivate()
    {
        foreach (var mount in Of(null))
            Mounts.MakePrivate(mount, recursive: false);
    }

    /// <summary>Those that are not private yet in the mount namespace of a process; null: the caller's.</summary>
    public static IEnumerable<string> Of(int? pid) =>
        MountInfo.Read(pid).Where(m => m.Root != "/" && m.Propagation.Length > 0).Select(m => m.MountPoint).Distinct();
}
