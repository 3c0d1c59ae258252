using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>SysV semaphores: their values come back; what the kernel would undo at a process's end (SEM_UNDO) it tells nobody.</summary>
internal sealed class SemaphoreCheck : IPreflightCheck
{
    public string Name => "semaphores";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        // The node's own semaphores, where an attached tree lives, are not in its images.
        !target.Job.Spec.Attached && SystemVIpc.SemaphoreSets(target.Root) is var sets and > 0
            ? [new PreflightFinding(0, $"the job has {sets} sets of SysV semaphores; operations with SEM_UNDO from before the checkpoint are not undone when a process ends after a restart",
                "Nothing need be done where the program does not use SEM_UNDO, or no process ends while it holds a semaphore.", IsWarning: true)]
            : [];
}
