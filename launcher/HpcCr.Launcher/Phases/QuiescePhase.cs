using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Everything that needs no pause: space, staging, an engine that waits for its request.</summary>
internal static class QuiescePhase
{
    public static async Task<Reply> RunAsync(LocalJob job, Command command, EngineCommands engines, CancellationToken cancellationToken)
    {
        // The coordinator takes a job through one epoch at a time: one that is still known here has been forgotten there.
        if (job.Epoch is { } forgotten)
            await AbortPhase.RunAsync(job, forgotten.Epoch, cancellationToken);
        var bytes = StagingFolders.Estimate(job);
        var epoch = new EpochWork((int)command.Epoch, command.Quiesce.LeaseMs, StagingFolders.Create(job, (int)command.Epoch, bytes));
        job.Epoch = epoch;
        Directory.CreateDirectory(epoch.Images, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var committer = new EpochCommitter(job.Store, Durable.SyncDirectory);
        committer.Begin(job.Spec.Folder, epoch.Epoch);
        if (FreeSpace.Of(job.Spec.Folder) is var free && free < bytes)
        {
            throw new HpcCrException(FailureKind.Failed,
                $"{job.Spec.Folder} has {free >> 20} MiB free and this epoch needs about {bytes >> 20} MiB from {job.Options.Node}; nothing was frozen",
                "Free some space, or remove old epochs.");
        }

        LookOnce(job);
        await job.AskAsync(new GuardRequest
        {
            PrepareEngine = new PrepareEngine { Engine = engines.For(job.Spec), LeaseMs = epoch.LeaseMs },
        }, cancellationToken);
        return new Reply();
    }

    // What a fresh launcher does for the first time takes it ten times as long: not while the job stands still.
    private static void LookOnce(LocalJob job)
    {
        JobSockets.Look(JobSockets.InodesOf(job.Cgroup.Processes()), job.Cgroup.Id);
        OpenFiles.OfJob(job);
        ProcessorBindings.OfJob(job);
    }
}
