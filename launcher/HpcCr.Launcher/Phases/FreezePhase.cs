using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Stops every task of the sandbox, invisibly to the job.</summary>
internal static class FreezePhase
{
    private const uint DeadlineMs = 10_000;

    public static async Task<Reply> RunAsync(LocalJob job, CancellationToken cancellationToken)
    {
        var reply = await job.AskAsync(new GuardRequest { Freeze = new FreezeSandbox { DeadlineMs = DeadlineMs } }, cancellationToken);
        job.Epoch!.Pids = job.Cgroup.Processes();
        job.Epoch.RootPid = reply.Status.RootPid;
        job.Epoch.Parked = reply.Parked.ToDictionary(p => p.Cookie);
        return new Reply();
    }

    /// <summary>Lets the job run for a moment, so that what is in nobody's image finds its owner.</summary>
    public static async Task<Reply> ThawAsync(LocalJob job, CancellationToken cancellationToken)
    {
        await job.AskAsync(new GuardRequest { Thaw = new ThawSandbox() }, cancellationToken);
        return new Reply();
    }
}
