using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Looks at what the engine has opened for a restored job, before anything of it runs: names may have changed hands since
/// <see cref="PathRights"/> looked at them, and the engine follows links. Open files do not change any more.
/// </summary>
internal static class OpenedRights
{
    private const int FirstTerminal = 128;
    private const int LastTerminal = 143;

    /// <summary>Refuses a restored job that holds what its user may not open.</summary>
    /// <param name="job">The job, whose engine stands at its gate.</param>
    /// <param name="engine">The engine, which is in the job's cgroup too.</param>
    /// <exception cref="HpcCrException">It does (damaged).</exception>
    public static void Require(LocalJob job, int engine)
    {
        if (job.Spec.Uid == 0)
            return;
        // At the gate the tasks still hold files of the images, which are root's copy of what is the job's own.
        var images = job.Restoring!.Staging + "/";
        var opened = job.Cgroup.Processes().Where(pid => pid != engine && !(job.Spec.Attached && TreeInit.Owns(pid))).SelectMany(Of)
            .Where(file => file.Facts is { Links: > 0 } facts && facts.Uid != job.Spec.Uid && !IsTerminal(facts) && !PathRights.IsOwnProcess(DeletedName.Of(file.Target))
                && !file.Target.StartsWith(images, StringComparison.Ordinal))
            .DistinctBy(file => (file.Facts.Inode, file.Facts.FileSystem, file.Writes, file.Reads));
        if (opened.FirstOrDefault(file => !MayUse(job, file)) is { Target: { } target })
        {
            throw new HpcCrException(FailureKind.Damaged, $"{job.Sandbox}: the engine was led to open {JobName.Printable(target)}, which is not for user {job.Spec.Uid} to open so; nothing was started",
                "Somebody has put it, or a link to it, in the place of a file of the job since the plan was made.");
        }

        if (!job.Spec.Attached && MisplacedMount(job, engine) is { } misplaced)
        {
            throw new HpcCrException(FailureKind.Damaged, $"{job.Sandbox}: the engine was led to mount something at {JobName.Printable(misplaced)}, where the job had no mount; nothing was started",
                "Somebody has put a link in the place of a mount point since the plan was made.");
        }
    }

    // The kernel tells where a mount is indeed, whatever links the engine has followed.
    private static string? MisplacedMount(LocalJob job, int engine)
    {
        var known = MountsImage.Read(job.Restoring!.Images).Select(mount => mount.AbsolutePath).ToHashSet();
        return job.Cgroup.Processes().Where(pid => pid != engine).DistinctBy(pid => ProcFs.LinkOf(pid, "ns/mnt")).SelectMany(MountsOf).FirstOrDefault(path => !known.Contains(path));
    }

    private static IEnumerable<string> MountsOf(int pid)
    {
        try
        {
            return [.. MountInfo.Read(pid).Select(mount => mount.MountPoint)];
        }
        catch (IOException)
        {
            // It has ended.
            return [];
        }
    }

    private static IEnumerable<(string Target, string Path, FileFacts Facts, bool Reads, bool Writes)> Of(int pid)
    {
        foreach (var file in OpenDescriptor.Of(pid).Where(file => file.Target.StartsWith('/')))
            if (FileFacts.Of(file.Path) is { } facts && file.OpenFlags() is { } flags)
                yield return (file.Target, file.Path, facts, (flags & 3) != 1, (flags & 3) != 0);
        foreach (var file in MappedFile.Of(pid).Where(file => file.Target.StartsWith('/')))
            if (FileFacts.Of(file.Path) is { } facts)
                yield return (file.Target, file.Path, facts, false, false);
        foreach (var link in (string[])["cwd", "root", "exe"])
            if (ProcFs.LinkOf(pid, link) is { } target && FileFacts.Of($"/proc/{pid}/{link}") is { } facts)
                yield return (target, $"/proc/{pid}/{link}", facts, false, false);
    }

    private static bool IsTerminal(FileFacts facts) => facts is { IsCharacterDevice: true, Major: >= FirstTerminal and <= LastTerminal };

    // Without a descriptor, either is enough: programs may be run that may not be read, and folders gone through.
    private static bool MayUse(LocalJob job, (string Target, string Path, FileFacts Facts, bool Reads, bool Writes) file)
    {
        using var held = FileRights.Hold(file.Path);
        if (held is null)
            return true;
        var path = FileRights.PathOf(held);
        return job.Store.Run(() => file.Reads || file.Writes
            ? FileRights.May(path, read: file.Reads, write: file.Writes)
            : FileRights.May(path, read: true) || FileRights.May(path, execute: true));
    }
}
