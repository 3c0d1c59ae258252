using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Open files that root may not open anew, as on a file server that squashes root: they are dumped, and a restart is refused.</summary>
internal sealed class SquashedFileCheck : IPreflightCheck
{
    private const int AccessMode = 3;
    private const int WriteOnly = 1;

    public string Name => "root access";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) => target.Job.Spec.Uid == 0 ? [] :
        target.Things.Where(t => t.Thing is { Descriptor: not null, Facts: { IsRegular: true, Links: > 0 } } && !OpenFiles.IsPrivate(target.Job, t.Thing.Target)).DistinctBy(t => t.Thing.Target)
            .Where(t => IsSquashed(target.Job, t.Thing.Target, t.Thing.Descriptor!.OpenFlags() ?? 0))
            .Select(t => new PreflightFinding(t.Pid, $"holds {t.Thing.Target}, which root may not open, so that no restart can open it as things are",
                "Use a --ckpt-dir and files on a file system that does not squash root.", IsWarning: true));

    private static bool IsSquashed(LocalJob job, string path, int flags)
    {
        var (read, write) = ((flags & AccessMode) != WriteOnly, (flags & AccessMode) != 0);
        return !FileRights.May(path, read, write) && job.Store.Run(() => FileRights.May(path, read, write));
    }
}
