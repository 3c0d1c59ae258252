using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>
/// What a process does between its start by the guard and its exec: it joins the cgroup, makes the sandbox's mounts (the
/// root only), becomes the job's user, opens its output inside the sandbox's mount namespace, and leaves nothing of ours open.
/// </summary>
internal static class SandboxEntrance
{
    private const OpenFor Output = OpenFor.WriteOnly | OpenFor.Append | OpenFor.Create;
    private const UnixFileMode OutputMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static int Enter(string file) => Entrance.Enter(file, Prepare);

    private static void Prepare(SandboxEntry entry)
    {
        if (!entry.Join)
            BuildMounts(entry);
        ResourceLimits.ApplyToSelf([.. entry.Limits.Select(l => new Core.ResourceLimit(l.Resource, l.Soft, l.Hard))]);
        Credentials.Drop(entry.Uid, entry.Gid, [.. entry.Groups]);
        Umask.Set((int)entry.Umask);
        EnterDirectory(entry.WorkingDirectory);
        Descriptors.OpenAt(0, "/dev/null", OpenFor.ReadOnly);
        Descriptors.OpenAt(1, entry.StandardOutput, Output, OutputMode);
        Descriptors.OpenAt(2, entry.StandardError, Output, OutputMode);
    }

    private static void BuildMounts(SandboxEntry entry)
    {
        Entrance.MountOwn();
        BindOwn(entry.Binds);
        HiddenMounts.Unmount(entry.Hidden);
        PartialMounts.MakePrivate();
        HostName.Set(entry.HostName);
    }

    // In place of the host's mounts and not on top of them: the engine identifies an external mount by its mount point, and would take
    // both for the sandbox's own. A source may lie below one of the mounts that go.
    private static void BindOwn(IReadOnlyList<BindMount> binds)
    {
        var sources = binds.Select(bind => Mounts.Clone(bind.Source)).ToList();
        foreach (var bind in binds)
            for (var hidden = MountInfo.Read().Count(m => m.MountPoint == bind.Target); hidden > 0; hidden--)
                Mounts.Unmount(bind.Target, detach: true);
        foreach (var (bind, source) in binds.Zip(sources))
        {
            Mounts.Attach(source, bind.Target);
            source.Dispose();
        }
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
