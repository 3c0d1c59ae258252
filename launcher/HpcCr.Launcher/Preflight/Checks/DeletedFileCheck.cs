using HpcCr.Criu;
using HpcCr.Linux;

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

        if (spec.Uid == 0)
            yield break;
        // The engine links what has another name, and makes anew what has none, beside where it was and as the job's user.
        foreach (var (pid, thing) in target.Things.Where(t => HasLostItsName(t.Pid, t.Thing)).DistinctBy(t => (t.Pid, t.Thing.Target)))
        {
            var name = DeletedName.Of(thing.Target);
            var facts = thing.Facts!.Value;
            if (target.Job.Store.Run(() => PathRights.OfMade(name, target.Job)) is { } fault)
                yield return new PreflightFinding(pid, $"holds the deleted file {name}, and {fault}", "Let the user write to that folder, or checkpoint when the file has been closed.");
            else if (facts.Links > 0 && facts.Uid != spec.Uid && !target.Job.Store.Run(() => FileRights.May(thing.Path, read: true, write: true)))
                yield return new PreflightFinding(pid, $"holds {name}, which has lost this name and belongs to user {facts.Uid}: user {spec.Uid} may not give it another",
                    "Checkpoint when it has been closed, or run the job as root.");
        }
    }

    private static bool HasLostItsName(int pid, OpenThing thing) => thing.IsGhost
        || (thing is { Descriptor: not null, Facts: { IsRegular: true, Links: > 0 } } && DeletedName.Is(pid, thing.Target, thing.Path));
}
