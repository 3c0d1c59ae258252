using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Leases of files that a checkpoint would break.</summary>
internal sealed class LeaseCheck : IPreflightCheck
{
    private const string Remedy = "Let the program give the lease up (F_UNLCK), or checkpoint when the file has been closed.";

    public string Name => "leases";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        if (!FileLease.IsHeldByAny([.. target.Processes.Select(process => process.Pid)]))
            yield break;
        foreach (var use in target.Processes.SelectMany(process => FileUse.Of(process.Pid)).Where(use => use.HasLease))
        {
            if (target.Job.Spec.Attached)
                yield return new PreflightFinding(use.Pid, $"holds a lease of {use.Name}, which a checkpoint of an attached tree would break", Remedy);
            else if (!use.IsReadable && FileStamp.Of(use.Link) is { } stamp && use.Rewrites(stamp.Size))
                yield return new PreflightFinding(use.Pid, $"holds a lease of {use.Name}, open for writing only and rewritten, whose contents cannot be read without breaking it", Remedy);
        }
    }
}
