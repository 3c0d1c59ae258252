using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Regular files that the job's processes write to or that have lost their names, looked at while the job stands still.</summary>
internal static class OpenFiles
{
    private const string Memory = "/dev/shm";

    /// <summary>Looks through every descriptor and mapping. The engine records no length for files opened to append, so this does.</summary>
    /// <param name="job">The job, frozen.</param>
    /// <param name="host">This node's mount table.</param>
    public static IReadOnlyList<JobFile> OfJob(LocalJob job, IReadOnlyList<MountInfo> host)
    {
        var packed = job.Spec.Attached ? SharedFiles.Of(job).ToHashSet() : [];
        var mounts = new JobMounts(host);
        // Through the descriptor: the file may be on a file system that root may not walk. One path may be two files, in two mount namespaces.
        var files = job.Cgroup.Processes().SelectMany(FileUse.Of)
            .Select(use => (Use: use, Stamp: FileStamp.Of(use.Link))).Where(file => file.Stamp is not null)
            .GroupBy(file => (file.Use.Path, file.Stamp!.Value.Device, file.Stamp.Value.Inode), file => file)
            .Select(uses => Describe(job, packed, mounts, [.. uses.Select(file => file.Use)], uses.First().Stamp!.Value)).OfType<JobFile>().ToList();
        AddOtherNames(files);
        return KeptFileChoice.Of(job, job.Spec.Attached ? [.. files.UnionBy(OutputsOf(job), f => f.Path)] : files);
    }

    /// <summary>Whether a path is in a folder of the sandbox's own, which travels whole with the epoch, or is the kernel's.</summary>
    public static bool IsPrivate(LocalJob job, string path) => IsPrivate(job.Spec, job.Layout, path);

    /// <summary>The same for a job that is not here yet.</summary>
    public static bool IsPrivate(JobSpec spec, SandboxLayout layout, string path) =>
        IsNodeLocal(spec, layout, path) || IsBelow(path, "/dev", "/proc", "/sys", layout.Root);

    private static JobFile? Describe(LocalJob job, HashSet<string> packed, JobMounts mounts, IReadOnlyList<FileUse> uses, FileStamp stamp)
    {
        var first = uses[0];
        var name = first.Name;
        var isNodeLocal = packed.Contains(name) || (!job.Spec.Attached && IsNodeLocal(job.Spec, job.Layout, name));
        if (!isNodeLocal && IsPrivate(job, name))
            return null;
        // Memory with a file's look (memfd, SysV) has no folder to be in.
        if (first.IsDeleted && !isNodeLocal && name.LastIndexOf('/') == 0)
            return null;
        var isWritten = first.IsDeleted || uses.Any(use => use.IsWritable);
        var path = isNodeLocal ? name : first.IsDeleted ? mounts.LostPathOf(first) : mounts.PathOf(first, stamp, job);
        if ((isNodeLocal || path is null) && !isWritten)
            return null;
        var writing = uses.Any(use => use.Rewrites(stamp.Size)) ? FilePolicy.Rewritten : uses.Any(use => use.IsWritable) ? FilePolicy.Appended : FilePolicy.Input;
        var policy = path is null ? FilePolicy.Mounted : first.IsDeleted ? FilePolicy.Deleted : isNodeLocal ? FilePolicy.NodeLocal : writing;
        var file = new JobFile(path ?? name, stamp, policy, uses.FirstOrDefault(use => use.Offset is not null)?.Offset, uses.Any(use => use.Offset is null))
        {
            Link = policy == FilePolicy.Deleted ? first.Link : null,
            Inside = path is not null && path != name ? name : null,
            IsLeased = uses.Any(use => use.HasLease),
            Writing = writing,
        };
        if (file.IsLeased)
            file = file with { Link = (uses.FirstOrDefault(use => use.HasLease && use.IsReadable) ?? uses.First(use => use.HasLease)).Link };
        return policy != FilePolicy.Deleted || stamp.Links == 0 ? file
            : isNodeLocal && !packed.Contains(name) ? file with { Policy = FilePolicy.NodeLocal, OtherName = OtherNames.InSandbox(job, name, stamp) }
            : file with { OtherName = OtherNames.Beside(job, file.Path, stamp) };
    }

    // What is written by way of a lost name is in the file that the other name leads to, and that one is put back.
    private static void AddOtherNames(List<JobFile> files)
    {
        foreach (var file in files.Where(file => file is { Policy: FilePolicy.Deleted, OtherName: not null }).ToList())
        {
            var known = files.FindIndex(other => other.Path == file.OtherName && other.Stamp.IsSameFile(file.Stamp));
            if (known < 0)
                files.Add(file with { Path = file.OtherName!, Policy = file.Writing, OtherName = null, Inside = null, Link = file.IsLeased ? file.Link : null });
            else if (file.Writing == FilePolicy.Rewritten || (file.Writing == FilePolicy.Appended && files[known].Policy == FilePolicy.Input))
                files[known] = files[known] with { Policy = file.Writing, IsMapped = files[known].IsMapped || file.IsMapped };
        }
    }

    private static bool IsNodeLocal(JobSpec spec, SandboxLayout layout, string path) =>
        IsBelow(path, [Memory, layout.TemporaryInside, .. spec.PrivateTmp ? ["/tmp"] : Array.Empty<string>()]);

    private static bool IsBelow(string path, params string[] folders) => folders.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal));

    // What the guard writes there for a tree's terminal belongs to the cut as well.
    private static List<JobFile> OutputsOf(LocalJob job) => job.Store.Run(() => TreeLook.Outputs(job.Spec)
        .Select(path => FileStamp.Of(path) is { } stamp ? new JobFile(path, stamp, FilePolicy.Appended, stamp.Size, IsMapped: false) : null).OfType<JobFile>().ToList());
}
