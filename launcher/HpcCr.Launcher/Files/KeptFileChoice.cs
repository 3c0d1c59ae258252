using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Chooses which files of a job are stored although nothing shows that bytes of them are rewritten: programs replace files (written beside, then
/// renamed), begin them anew, rotate and remove them, and a restart needs them as they were at the cut. Up to a size each, the smallest first up to a total;
/// of those that are only read, the ones that the job's user may write and that are in no folder of the system.
/// </summary>
internal static class KeptFileChoice
{
    private const int TotalLimits = 16;
    private const int MaximumInputs = 1000;
    private static readonly string[] SystemFolders = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/etc/", "/opt/", "/boot/", "/nix/", "/var/lib/"];

    /// <summary>Marks them; inputs that are not chosen are left out, for the images name them anyway.</summary>
    /// <param name="job">The job.</param>
    /// <param name="files">All files that were found.</param>
    public static IReadOnlyList<JobFile> Of(LocalJob job, IReadOnlyList<JobFile> files)
    {
        var limit = LimitOf(job.Spec);
        if (limit == 0)
            return [.. files.Select(Unchosen).OfType<JobFile>()];
        var inputs = files.Where(file => file.Policy == FilePolicy.Input && file.Stamp.Size <= limit && !IsOfSystem(file.Path)).Take(MaximumInputs).ToList();
        var own = inputs.Count == 0 ? [] : job.Store.Run(() => inputs.Where(file => FileRights.May(file.Path, read: true, write: true)).ToHashSet());
        var chosen = new HashSet<JobFile>();
        var total = TotalOf(job.Spec);
        foreach (var file in files.Where(file => file.Policy == FilePolicy.Appended ? file.Stamp.Size <= limit : own.Contains(file)).OrderBy(file => file.Stamp.Size))
        {
            if ((total -= file.Stamp.Size) < 0)
                break;
            chosen.Add(file);
        }

        return [.. files.Select(file => chosen.Contains(file) ? file with { IsKept = true } : Unchosen(file)).OfType<JobFile>()];
    }

    /// <summary>Up to which size a job's files are stored.</summary>
    public static long LimitOf(JobSpec spec) => spec.StoreLimit ?? JobSpec.DefaultStoreLimit;

    // A leased one stays in the list, so that nobody opens it to look at its contents.
    private static JobFile? Unchosen(JobFile file) => file.Policy != FilePolicy.Input ? file : file.IsLeased ? file with { Policy = FilePolicy.Mounted } : null;

    /// <summary>Up to which size in all.</summary>
    public static long TotalOf(JobSpec spec) => LimitOf(spec) > long.MaxValue / TotalLimits ? long.MaxValue : LimitOf(spec) * TotalLimits;

    private static bool IsOfSystem(string path) => SystemFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal));
}
