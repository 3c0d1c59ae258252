using System.Text.Json;
using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The node's folder of one job: one tmpfs of its own, so that its end is one unmount.</summary>
internal static class SandboxFolders
{
    private const UnixFileMode Traversable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Makes the folder of all jobs a private mount of its own, once: what is mounted below it for one job shows up in no
    /// other job's sandbox, and so in no other job's images.
    /// </summary>
    public static void MakePrivate(string jobs)
    {
        Directory.CreateDirectory(jobs, Traversable);
        if (MountInfo.Read().Any(m => m.MountPoint == jobs))
            return;
        Mounts.Bind(jobs, jobs);
        Mounts.MakePrivate(jobs, recursive: false);
    }

    public static void Create(JobSpec spec, SandboxLayout layout)
    {
        Directory.CreateDirectory(layout.Root, Traversable);
        Directory.CreateDirectory(layout.TemporaryInside, Traversable);
        Directory.CreateDirectory(layout.Memory, Traversable);
        // The job's user puts its private files back, and so opens this folder.
        Mounts.Tmpfs(layout.Memory, "mode=0755");
        foreach (var folder in (string[])[layout.SharedMemory, layout.Temporary])
        {
            Directory.CreateDirectory(folder, Private);
            FileOwner.Set(folder, spec.Uid, spec.Gid);
        }

        Directory.CreateDirectory(layout.RestoreRoot, Private);
        WriteSpec(spec, layout);
    }

    public static void WriteSpec(JobSpec spec, SandboxLayout layout) =>
        AtomicFile.Write(layout.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, CoreJson.Default.JobSpec), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    public static JobSpec? ReadSpec(SandboxLayout layout)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(layout.Spec), CoreJson.Default.JobSpec);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private static bool HasSibling(SandboxLayout layout) =>
        Directory.EnumerateDirectories(Path.GetDirectoryName(layout.Root)!).Any(other => new SandboxLayout(other).TemporaryInside == layout.TemporaryInside);

    /// <summary>Undoes <see cref="MakePrivate"/> when no job is left.</summary>
    public static void RemoveAll(string jobs)
    {
        if (Directory.EnumerateFileSystemEntries(jobs).Any())
            return;
        Mounts.Unmount(jobs, detach: true);
        Directory.Delete(jobs);
    }

    /// <summary>Removes the folder and all that is mounted in it; nothing happens when it is gone.</summary>
    public static void Remove(SandboxLayout layout)
    {
        if (!Directory.Exists(layout.Root))
            return;
        var below = MountInfo.Read().Select(m => m.MountPoint).Where(p => p == layout.Root || p.StartsWith(layout.Root + "/", StringComparison.Ordinal));
        foreach (var mount in below.OrderByDescending(p => p.Length).ToList())
            Mounts.Unmount(mount, detach: true);
        Directory.Delete(layout.Root, recursive: true);
        // A mount point of the job's other sandboxes here, and so theirs as long as there is one.
        if (Directory.Exists(layout.TemporaryInside) && !HasSibling(layout))
            Directory.Delete(layout.TemporaryInside);
    }
}
