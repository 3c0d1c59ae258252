using HpcCr.Core;
using HpcCr.Criu.Images;

namespace HpcCr.Launcher;

/// <summary>What an epoch's images name and do not hold, so that a restart can look for it before anything starts.</summary>
internal static class NeededFiles
{
    /// <summary>Picks them, and reads those that were not read before.</summary>
    /// <param name="job">The job.</param>
    /// <param name="files">All that its images name.</param>
    /// <param name="written">Files that a restart puts back itself.</param>
    public static IReadOnlyList<NeededFile> OfJob(LocalJob job, IEnumerable<RegularFile> files, IReadOnlyList<FileRecord> written)
    {
        var known = written.Select(f => f.Path).ToHashSet();
        var needed = files.Where(f => !f.IsUnlinked && f.Path != "/" && Path.IsPathRooted(f.Path) && !known.Contains(f.Path) && !OpenFiles.IsPrivate(job, f.Path))
            .GroupBy(f => f.Path).OrderBy(uses => uses.Key, StringComparer.Ordinal).ToList();
        return job.Store.Run(() => needed.Select(uses => Describe([.. uses])).ToList());
    }

    private static NeededFile Describe(IReadOnlyList<RegularFile> uses)
    {
        var file = new NeededFile(uses[0].Path, (long?)uses.FirstOrDefault(use => use.Size is not null)?.Size, uses[0].IsFolder)
        {
            IsData = !uses[0].IsFolder && uses.All(use => (use.Uses & (FileUses.Mapping | FileUses.Executable)) == 0),
        };
        return file.Size is null ? file : file with { Sha256 = InputHashes.Of(file.Path, out var modified), ModifiedNs = modified };
    }
}
