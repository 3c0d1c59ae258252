using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;
using RegularFile = HpcCr.Criu.Images.RegularFile;

namespace HpcCr.Launcher;

/// <summary>What an epoch's images name and do not hold, so that a restart can look for it before anything starts.</summary>
internal static class NeededFiles
{
    /// <summary>Picks them, and reads those that were not read before.</summary>
    /// <param name="job">The job.</param>
    /// <param name="files">All that its images name.</param>
    /// <param name="mounts">All mounts in the images.</param>
    /// <param name="epoch">The epoch, sealed but for this: its files are those that a restart puts back itself.</param>
    public static IReadOnlyList<NeededFile> OfJob(LocalJob job, IEnumerable<RegularFile> files, IReadOnlyList<MountEntry> mounts, EpochWork epoch)
    {
        var known = epoch.JobFiles!.Files.SelectMany(held => (string[])[held.File.Path, held.File.Inside ?? held.File.Path]).ToHashSet();
        var leased = epoch.JobFiles.Files.Where(held => held.File.IsLeased).Select(held => held.File.Path).ToHashSet();
        var host = new JobMounts(epoch.MountsOutside);
        var byNumber = mounts.DistinctBy(mount => mount.MountId).ToDictionary(mount => mount.MountId);
        var needed = files.Where(f => !f.IsUnlinked && f.Path != "/" && Path.IsPathRooted(f.Path) && !known.Contains(f.Path) && !OpenFiles.IsPrivate(job, f.Path))
            .Select(f => (File: f, Path: PathOf(f, byNumber, host))).Where(f => f.Path is not null && f.Path != "/" && !known.Contains(f.Path))
            .GroupBy(f => f.Path!, f => f.File).OrderBy(uses => uses.Key, StringComparer.Ordinal).ToList();
        return job.Store.Run(() => needed.Select(uses => Describe(uses.Key, [.. uses], leased)).ToList());
    }

    // What is on a mount of the job's own is the engine's to save or to find; another mount of a file system of this node is followed.
    private static string? PathOf(RegularFile file, Dictionary<uint, MountEntry> mounts, JobMounts host)
    {
        if (file.MountId is not { } number || !mounts.TryGetValue(number, out var entry) || host.IsSame(Translate(entry)))
            return file.Path;
        return host.IsOfHost(entry.Device) ? host.Candidates(Translate(entry), file.Path).FirstOrDefault() : null;
    }

    private static MountInfo Translate(MountEntry entry) =>
        new((int)entry.MountId, (int)entry.ParentId, entry.Device, entry.Root, entry.AbsolutePath is { Length: > 1 } path ? path.TrimEnd('/') : "/", "", "", "", entry.Source, "");

    private static NeededFile Describe(string path, IReadOnlyList<RegularFile> uses, HashSet<string> leased)
    {
        var file = new NeededFile(path, (long?)uses.FirstOrDefault(use => use.Size is not null)?.Size, uses[0].IsFolder)
        {
            IsData = !uses[0].IsFolder && uses.All(use => (use.Uses & (FileUses.Mapping | FileUses.Executable)) == 0),
        };
        return file.Size is null || leased.Contains(path) ? file : file with { Sha256 = InputHashes.Of(file.Path, out var modified), ModifiedNs = modified };
    }
}
