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
        foreach (var mount in Of(null).Select(m => m.MountPoint).Distinct())
            Mounts.MakePrivate(mount, recursive: false);
    }

    /// <summary>Those of a sandbox that are not private yet and came in from the host. What the job has mounted itself stays as the job has it.</summary>
    /// <param name="pid">A process of the sandbox.</param>
    public static IEnumerable<string> OfHost(int pid)
    {
        var host = MountInfo.Read().Select(Identity).ToHashSet();
        return Of(pid).Where(m => host.Contains(Identity(m))).Select(m => m.MountPoint).Distinct();
    }

    private static (string, string, string) Identity(MountInfo mount) => (mount.MountPoint, mount.Device, mount.Root);

    private static IEnumerable<MountInfo> Of(int? pid) => MountInfo.Read(pid).Where(m => m.Root != "/" && m.Propagation.Length > 0);
}
