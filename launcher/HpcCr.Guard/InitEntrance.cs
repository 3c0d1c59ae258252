using System.Globalization;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// What pid 1 of a restored tree's namespaces does before its exec. The tree saw the host as it is, and still does: only /proc,
/// the terminals and the host name are its own.
/// </summary>
internal static class InitEntrance
{
    private const string LastPid = "/proc/sys/kernel/ns_last_pid";

    public static int Enter(string file) => Entrance.Enter(file, Prepare);

    private static void Prepare(SandboxEntry entry)
    {
        Entrance.MountOwn();
        HiddenMounts.Unmount(entry.Hidden, entry.Kept);
        HostName.Set(entry.HostName);
        // Whatever else runs in there must not have a number that the tree is to get back.
        File.WriteAllText(LastPid, entry.LastPid.ToString(CultureInfo.InvariantCulture));
    }
}
