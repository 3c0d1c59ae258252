namespace HpcCr.Launcher;

/// <summary>What an attached tree has open whose other end is outside of it, other than its standard input and output.</summary>
internal sealed class TreeCheck : IPreflightCheck
{
    public string Name => "attached tree";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) => !target.Job.Spec.Attached ? [] :
        OutsideEnds.Of([.. target.Processes.Select(process => process.Pid)]).Faults
            .Select(fault => new PreflightFinding(0, fault, "Try again when that is over; `hpccr run` starts jobs that can do this."));
}
