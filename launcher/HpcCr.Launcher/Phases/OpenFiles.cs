using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Regular files that the job's processes have open for writing, and how long they are while the job stands still.</summary>
internal static class OpenFiles
{
    private const int AccessMode = 3;
    private const string Deleted = " (deleted)";

    /// <summary>Looks through every descriptor. The engine records no length for files opened to append, so this does.</summary>
    /// <param name="job">The job, frozen.</param>
    public static IReadOnlyList<FileRecord> OfJob(LocalJob job)
    {
        var written = job.Cgroup.Processes().SelectMany(WrittenBy).Where(f => !IsPrivate(job, f.Path)).DistinctBy(f => f.Path);
        return job.Spec.Attached ? [.. written.ExceptBy(SharedFiles.Of(job), f => f.Path).UnionBy(OutputsOf(job), f => f.Path)] : [.. written];
    }

    // What the guard writes there for a tree's terminal belongs to the cut as well.
    private static List<FileRecord> OutputsOf(LocalJob job) =>
        job.Store.Run(() => TreeLook.Outputs(job.Spec).Where(File.Exists).Select(path => new FileRecord(path, new FileInfo(path).Length)).ToList());

    private static IEnumerable<FileRecord> WrittenBy(int pid)
    {
        string[] descriptors;
        try
        {
            descriptors = Directory.GetFileSystemEntries($"/proc/{pid}/fd");
        }
        catch (IOException)
        {
            yield break;
        }

        foreach (var descriptor in descriptors)
            if (Describe(pid, descriptor) is { } file)
                yield return file;
    }

    private static FileRecord? Describe(int pid, string descriptor)
    {
        try
        {
            if (File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName is not { } path || !path.StartsWith('/') || !IsWritable(pid, Path.GetFileName(descriptor)))
                return null;
            // Through the descriptor: the file may be on a file system that root may not walk.
            return RegularFile.LengthOf(descriptor) is { } length && !path.EndsWith(Deleted, StringComparison.Ordinal) ? new FileRecord(path, length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsWritable(int pid, string descriptor)
    {
        const string Flags = "flags:";
        var line = File.ReadLines($"/proc/{pid}/fdinfo/{descriptor}").First(l => l.StartsWith(Flags, StringComparison.Ordinal));
        return (Convert.ToInt32(line[Flags.Length..].Trim(), 8) & AccessMode) != 0;
    }

    /// <summary>Whether a path is in a folder of the sandbox's own, which travels whole with the epoch, or is the kernel's.</summary>
    public static bool IsPrivate(LocalJob job, string path) =>
        ((string[])["/dev", "/proc", "/sys", job.Layout.Root, job.Layout.TemporaryInside, .. job.Spec.PrivateTmp ? ["/tmp"] : Array.Empty<string>()])
            .Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));
}
