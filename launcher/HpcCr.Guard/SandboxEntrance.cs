using System.Text;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// What a process does between its start by the guard and its exec: it joins the cgroup, makes the sandbox's mounts (the
/// root only), becomes the job's user, opens its output inside the sandbox's mount namespace, and leaves nothing of ours open.
/// </summary>
internal static class SandboxEntrance
{
    private const int StatusPipe = 3;
    private const string Terminals = "/dev/pts";
    private const OpenFor Output = OpenFor.WriteOnly | OpenFor.Append | OpenFor.Create;
    private const UnixFileMode OutputMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static int Enter(string file)
    {
        try
        {
            Descriptors.SetCloseOnExec(StatusPipe);
            var entry = SandboxEntry.Parser.ParseFrom(File.ReadAllBytes(file));
            JobCgroup.Open(entry.Cgroup).Add(Environment.ProcessId);
            if (!entry.Join)
                BuildMounts(entry);
            ResourceLimits.ApplyToSelf([.. entry.Limits.Select(l => new Core.ResourceLimit(l.Resource, l.Soft, l.Hard))]);
            Credentials.Drop(entry.Uid, entry.Gid, [.. entry.Groups]);
            Umask.Set((int)entry.Umask);
            EnterDirectory(entry.WorkingDirectory);
            Descriptors.OpenAt(0, "/dev/null", OpenFor.ReadOnly);
            Descriptors.OpenAt(1, entry.StandardOutput, Output, OutputMode);
            Descriptors.OpenAt(2, entry.StandardError, Output, OutputMode);
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

    private static void BuildMounts(SandboxEntry entry)
    {
        // A slave of the host: what it mounts later (autofs, NFS) shows up here, nothing of ours goes back.
        Mounts.MakeSlave("/", recursive: true);
        Mounts.Proc("/proc");
        // Terminals of its own: the numbers of the host's are anybody's by the time the job is restored.
        Mounts.Unmount(Terminals, detach: true);
        Mounts.Terminals(Terminals);
        foreach (var bind in entry.Binds)
            Mounts.Bind(bind.Source, bind.Target);
        HiddenMounts.Unmount(entry.Hidden);
        PartialMounts.MakePrivate();
        HostName.Set(entry.HostName);
    }

    private static void EnterDirectory(string directory)
    {
        try
        {
            Directory.SetCurrentDirectory(directory);
        }
        catch (IOException)
        {
            throw new IOException($"the working directory {directory} is not there on {Environment.MachineName}, or the job's user may not enter it");
        }
    }
}
