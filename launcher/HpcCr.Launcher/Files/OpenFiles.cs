using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Regular files that the job's processes write to or that have lost their names, looked at while the job stands still.</summary>
internal static class OpenFiles
{
    private const string Memory = "/dev/shm";

    /// <summary>Looks through every descriptor and mapping. The engine records no length for files opened to append, so this does.</summary>
    /// <param name="job">The job, frozen.</param>
    public static IReadOnlyList<JobFile> OfJob(LocalJob job)
    {
        var packed = job.Spec.Attached ? SharedFiles.Of(job).ToHashSet() : [];
        var files = job.Cgroup.Processes().SelectMany(FileUse.Of).Where(use => use.IsWritable || use.IsDeleted).GroupBy(use => use.Path)
            .Select(uses => Describe(job, packed, [.. uses])).OfType<JobFile>();
        return job.Spec.Attached ? [.. files.UnionBy(OutputsOf(job), f => f.Path)] : [.. files];
    }

    /// <summary>Whether a path is in a folder of the sandbox's own, which travels whole with the epoch, or is the kernel's.</summary>
    public static bool IsPrivate(LocalJob job, string path) => IsPrivate(job.Spec, job.Layout, path);

    /// <summary>The same for a job that is not here yet.</summary>
    public static bool IsPrivate(JobSpec spec, SandboxLayout layout, string path) =>
        IsNodeLocal(spec, layout, path) || IsBelow(path, "/dev", "/proc", "/sys", layout.Root);

    private static JobFile? Describe(LocalJob job, HashSet<string> packed, IReadOnlyList<FileUse> uses)
    {
        var name = uses[0].Name;
        var isNodeLocal = packed.Contains(name) || (!job.Spec.Attached && IsNodeLocal(job.Spec, job.Layout, name));
        // Through the descriptor: the file may be on a file system that root may not walk.
        if ((!isNodeLocal && IsPrivate(job, name)) || FileStamp.Of(uses[0].Link) is not { } stamp)
            return null;
        // Memory with a file's look (memfd, SysV) has no folder to be in.
        if (uses[0].IsDeleted && !isNodeLocal && name.LastIndexOf('/') == 0)
            return null;
        var policy = uses[0].IsDeleted ? FilePolicy.Deleted
            : isNodeLocal ? FilePolicy.NodeLocal
            : uses.Any(use => use.Rewrites(stamp.Size)) ? FilePolicy.Rewritten
            : FilePolicy.Appended;
        return new JobFile(name, stamp, policy, uses.FirstOrDefault(use => use.Offset is not null)?.Offset, uses.Any(use => use.Offset is null))
        {
            Link = policy == FilePolicy.Deleted ? uses[0].Link : null,
        };
    }

    private static bool IsNodeLocal(JobSpec spec, SandboxLayout layout, string path) =>
        IsBelow(path, [Memory, layout.TemporaryInside, .. spec.PrivateTmp ? ["/tmp"] : Array.Empty<string>()]);

    private static bool IsBelow(string path, params string[] folders) => folders.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));

    // What the guard writes there for a tree's terminal belongs to the cut as well.
    private static List<JobFile> OutputsOf(LocalJob job) => job.Store.Run(() => TreeLook.Outputs(job.Spec)
        .Select(path => FileStamp.Of(path) is { } stamp ? new JobFile(path, stamp, FilePolicy.Appended, stamp.Size, IsMapped: false) : null).OfType<JobFile>().ToList());
}
