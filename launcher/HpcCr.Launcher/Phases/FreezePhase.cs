using HpcCr.Core;
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
        // Where not all stand still, some may end by themselves before the thaw.
        job.Epoch!.Pids = reply.HeldUp.Count > 0 ? [] : job.Cgroup.Processes();
        job.Epoch.RootPid = reply.Status.RootPid;
        job.Epoch.HeldUp = reply.HeldUp;
        job.Epoch.Parked = reply.Parked.ToDictionary(p => p.Cookie);
        return new Reply();
    }

    /// <summary>Lets the job run for a moment, so that what is in nobody's image finds its owner.</summary>
    public static async Task<Reply> ThawAsync(LocalJob job, CancellationToken cancellationToken)
    {
        RequireAll(job);
        await job.AskAsync(new GuardRequest { Thaw = new ThawSandbox() }, cancellationToken);
        return new Reply();
    }

    /// <summary>
    /// Every process that was frozen must still be there: it does not end by itself. Somebody killed it (a person, or the kernel for want of memory),
    /// and images from now on are of a job that cannot go on.
    /// </summary>
    /// <exception cref="HpcCrException">One was killed.</exception>
    public static void RequireAll(LocalJob job)
    {
        if (job.Epoch!.Pids.Except(job.Cgroup.Processes()).ToList() is { Count: > 0 } killed)
        {
            throw new HpcCrException(FailureKind.Failed,
                $"{killed.Count} processes of {job.Spec.Name} on {job.Options.Node} were killed while the job was frozen (pid {string.Join(", ", killed.Take(5))})",
                "The job goes on as far as it can; its epochs from before are good.");
        }
    }
}
