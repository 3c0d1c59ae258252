using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The job's cgroup holds what the engine will dump, all of it and nothing else, and nobody else has frozen it.</summary>
internal sealed class CgroupCheck : IPreflightCheck
{
    public string Name => "processes";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        if (FrozenCgroup.Above(target.Job.Cgroup.Path, target.Root) is { } frozen)
            yield return new PreflightFinding(0, $"somebody else has frozen {frozen}, so the job stands still already", "Thaw that cgroup first.");
        foreach (var process in target.Processes.Where(process => IsStray(process.Pid, target)))
            yield return new PreflightFinding(process.Pid, target.Job.Spec.Attached
                    ? "has left the tree, because what started it has ended, and would be missed"
                    : "was put into the job's cgroup from outside of its sandbox, and would be missed",
                "End it, or try again when it has ended; `hpccr run` starts jobs that keep such processes.");
        var inside = target.Processes.Select(process => process.Pid).ToHashSet();
        foreach (var pid in Escaped(target, inside).ToList())
            yield return new PreflightFinding(pid, "belongs to the job's processes and has left its cgroup, and so would not be frozen", "Move it back, or end it.");
    }

    private static IEnumerable<int> Escaped(PreflightTarget target, HashSet<int> inside) =>
        ProcessTree.Of(target.Root).Where(pid => !inside.Contains(pid))
            // It may have been born since, into the cgroup.
            .Except(target.Job.Cgroup.Processes()).Where(IsAlive);

    // Parents end while they are looked at: who is nobody's descendant must be so twice.
    private static bool IsStray(int pid, PreflightTarget target) => !Descends(pid, target.Root) && !Descends(pid, target.Root) && IsAlive(pid);

    private static bool Descends(int pid, int root)
    {
        for (int? at = pid; at is > 0; at = ProcFs.ParentOf(at.Value))
            if (at == root)
                return true;
        return false;
    }

    private static bool IsAlive(int pid) => ProcFs.State(pid) is not (null or 'Z' or 'X');
}
