namespace HpcCr.Launcher;

/// <summary>Nothing of the job is on this node.</summary>
internal sealed class JobCheck : IRestoreCheck
{
    public string Name => "job";

    public RestoreFinding Look(RestoreTarget target) => new("nothing of the job is here",
        target.JobIsHere ? [$"job {target.Manifest.Job} still has a sandbox here; `hpccr kill {target.Manifest.Job}` ends it"] : []);
}
