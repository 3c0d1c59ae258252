using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Files that only grow and are not stored, because of their size or because they may not be read: a restart can shorten them, but not bring back what was
/// replaced, truncated or removed.
/// </summary>
internal sealed class StoredFileCheck : IPreflightCheck
{
    private const int ToldApart = 5;

    public string Name => "files";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        var job = target.Job;
        var files = OpenFiles.OfJob(job, MountInfo.Read()).Where(file => file.Policy == FilePolicy.Appended).ToList();
        var closed = job.Store.Run(() => files.Where(file => file.IsKept && FileStamp.Of(file.Path) is not null && !FileRights.May(file.Path, read: true)).ToHashSet());
        var left = files.Where(file => !file.IsKept || closed.Contains(file)).OrderByDescending(file => file.Stamp.Size).ToList();
        foreach (var file in left.Take(ToldApart))
        {
            yield return Warning($"{file.Path} is not stored, because {(closed.Contains(file) ? "the job's user may not read it" : Reason(job.Spec, file))}; "
                + "a restart cuts it to its length, and needs it as it is: not truncated, replaced or removed");
        }

        if (left.Count > ToldApart)
            yield return Warning($"{left.Count - ToldApart} more open files are not stored");
    }

    private static string Reason(JobSpec spec, JobFile file) => file.Stamp.Size > KeptFileChoice.LimitOf(spec) || KeptFileChoice.LimitOf(spec) == 0
        ? $"it has {Size(file.Stamp.Size)} and the limit (--store-limit) is {Size(KeptFileChoice.LimitOf(spec))}"
        : $"all files together would be larger than {Size(KeptFileChoice.TotalOf(spec))}";

    private static string Size(long bytes) => bytes < 10 << 20 ? $"{bytes} bytes" : $"{bytes >> 20} MiB";

    private static PreflightFinding Warning(string text) => new(0, text,
        "If it was changed by the time of a restart, `hpccr restart --files keep` takes it as it then is; start the job with a larger --store-limit, or with --capture for that file, to have it stored.",
        IsWarning: true);
}
