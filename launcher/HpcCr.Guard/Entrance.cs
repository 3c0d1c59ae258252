using System.Text;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Guard;

/// <summary>What all processes that the guard starts have in common on their way to an exec: who they are to be, and how they say why they could not.</summary>
internal static class Entrance
{
    private const int StatusPipe = 3;
    private const string Terminals = "/dev/pts";

    /// <summary>Joins the cgroup, prepares, and becomes the program.</summary>
    /// <param name="file">Describes the process.</param>
    /// <param name="prepare">What is to be done before the exec.</param>
    /// <returns>1: it did not succeed, and the guard has read why from the pipe. Success does not return.</returns>
    public static int Enter(string file, Action<SandboxEntry> prepare)
    {
        try
        {
            Descriptors.SetCloseOnExec(StatusPipe);
            var entry = SandboxEntry.Parser.ParseFrom(File.ReadAllBytes(file));
            JobCgroup.Open(entry.Cgroup).Add(Environment.ProcessId);
            JobCgroup.Join(entry.BatchCgroups, Environment.ProcessId);
            prepare(entry);
            Exec.Replace(entry.Argv[0], [.. entry.Argv], [.. entry.Environment]);
            return 0;
        }
        catch (Exception e)
        {
            using var pipe = new FileStream(new SafeFileHandle(StatusPipe, ownsHandle: false), FileAccess.Write);
            pipe.Write(Encoding.UTF8.GetBytes(e.Message));
            return 1;
        }
    }

    /// <summary>Makes the calling process's mount namespace one for a job.</summary>
    public static void MountOwn()
    {
        // A slave of the host: what it mounts later (autofs, NFS) shows up here, nothing of ours goes back.
        Mounts.MakeSlave("/", recursive: true);
        Mounts.Proc("/proc");
        // Terminals of its own: the numbers of the host's are anybody's by the time the job is restored.
        Mounts.Unmount(Terminals, detach: true);
        Mounts.Terminals(Terminals);
    }
}
