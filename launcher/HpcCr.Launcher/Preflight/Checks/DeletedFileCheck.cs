using HpcCr.Criu;

namespace HpcCr.Launcher;

/// <summary>Deleted files that are still open or mapped: their contents go into the images, up to a limit, if they are the job's user's.</summary>
internal sealed class DeletedFileCheck : IPreflightCheck
{
    public string Name => "deleted files";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        var spec = target.Job.Spec;
        var groups = ImageRights.GroupsOf(spec);
        foreach (var (pid, thing) in target.Things.Where(t => t.Thing.IsGhost).DistinctBy(t => (t.Pid, t.Thing.Target)))
        {
            var facts = thing.Facts!.Value;
            if (facts.AllocatedBytes > DumpOptions.DefaultGhostLimitBytes)
                yield return new PreflightFinding(pid, $"holds the deleted file {thing.Name} of {facts.AllocatedBytes >> 20} MiB, and up to {DumpOptions.DefaultGhostLimitBytes >> 20} MiB can be dumped",
                    "Keep the file's name until the job ends, or checkpoint when it has been closed.");
            else if (spec.Uid != 0 && (facts.Uid != spec.Uid || !groups.Contains(facts.Gid)))
                yield return new PreflightFinding(pid, $"holds the deleted file {thing.Name} of user {facts.Uid} and group {facts.Gid}, which no restart may make anew",
                    "Checkpoint when it has been closed, or run the job as root.");
        }
    }
}
