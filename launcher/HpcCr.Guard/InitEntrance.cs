using System.Globalization;
using System.Text;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// What pid 1 of a restored tree's namespaces does before its exec. The tree saw the host as it is, and still does: only /proc,
/// the terminals and the host name are its own.
/// </summary>
internal static class InitEntrance
{
    private const int StatusPipe = 3;
    private const string Terminals = "/dev/pts";
    private const string LastPid = "/proc/sys/kernel/ns_last_pid";

    public static int Enter(string file)
    {
        try
        {
            Descriptors.SetCloseOnExec(StatusPipe);
            var entry = SandboxEntry.Parser.ParseFrom(File.ReadAllBytes(file));
            JobCgroup.Open(entry.Cgroup).Add(Environment.ProcessId);
            Mounts.MakeSlave("/", recursive: true);
            Mounts.Proc("/proc");
            // The numbers of the host's terminals are anybody's by now, and those of the tree's own must be free.
            Mounts.Unmount(Terminals, detach: true);
            Mounts.Terminals(Terminals);
            HiddenMounts.Unmount(entry.Hidden, entry.Kept);
            HostName.Set(entry.HostName);
            // Whatever else runs in there must not have a number that the tree is to get back.
            File.WriteAllText(LastPid, entry.LastPid.ToString(CultureInfo.InvariantCulture));
            Exec.Replace(entry.Argv[0], [.. entry.Argv], [.. entry.Environment]);
            return 0;
        }
        catch (Exception e)
        {
            using var pipe = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(StatusPipe, ownsHandle: false), FileAccess.Write);
            pipe.Write(Encoding.UTF8.GetBytes(e.Message));
            return 1;
        }
    }
}
