namespace HpcCr.Launcher;

/// <summary>SysV shared memory of attached trees: in the node's own ipc namespace it may belong to others as well.</summary>
internal sealed class SharedMemoryCheck : IPreflightCheck
{
    private const string Segment = "/SYSV";

    public string Name => "shared memory";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) => !target.Job.Spec.Attached ? [] :
        target.Things.Where(t => t.Thing.Target.StartsWith(Segment, StringComparison.Ordinal)).DistinctBy(t => t.Pid)
            .Select(t => new PreflightFinding(t.Pid, "has SysV shared memory attached, which cannot be dumped outside of an ipc namespace of the job's own",
                "Start the job with `hpccr run`, which gives it one."));
}
