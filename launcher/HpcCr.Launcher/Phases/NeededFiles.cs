using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>What an epoch's images name and do not hold, so that a restart can look for it before anything starts.</summary>
internal static class NeededFiles
{
    /// <summary>Picks them.</summary>
    /// <param name="job">The job.</param>
    /// <param name="files">All that its images name.</param>
    /// <param name="written">Files that the job writes to: a restart puts these back itself.</param>
    public static IReadOnlyList<NeededFile> OfJob(LocalJob job, IEnumerable<Criu.Images.RegularFile> files, IReadOnlyList<FileRecord> written)
    {
        var known = written.Select(f => f.Path).ToHashSet();
        return [.. files.Where(f => !f.IsUnlinked && f.Path != "/" && Path.IsPathRooted(f.Path) && !known.Contains(f.Path) && !OpenFiles.IsPrivate(job, f.Path))
            .DistinctBy(f => f.Path).OrderBy(f => f.Path, StringComparer.Ordinal)
            .Select(f => new NeededFile(f.Path, (long?)f.Size, f.IsFolder))];
    }
}
