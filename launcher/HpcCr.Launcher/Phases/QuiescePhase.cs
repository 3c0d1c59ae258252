using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Plugins;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Everything that needs no pause: space, staging, an engine that waits for its request.</summary>
internal static class QuiescePhase
{
    public static async Task<Reply> RunAsync(LocalJob job, Command command, EngineCommands engines, CancellationToken cancellationToken)
    {
        await AbortPhase.EndStaleAsync(job, (int)command.Epoch, cancellationToken);
        if (job.Epoch is { } busy)
            throw new HpcCrException(FailureKind.Failed, $"epoch {busy.Epoch} of {job.Spec.Name} is still under way on {job.Options.Node}", "Wait for it to end.");
        var tree = job.Spec.Attached ? await TreeLook.BeforeAsync(job, cancellationToken) : null;
        // The folder first: an abort removes it, whatever else was done.
        var store = job.Store;
        var partial = new EpochCommitter(store, store.SyncDirectory).Begin(job.Spec.Folder, (int)command.Epoch);
        var bytes = StagingFolders.Estimate(job) + FilesAtCut.Estimate(job, partial);
        var epoch = new EpochWork((int)command.Epoch, command.Quiesce.LeaseMs, StagingFolders.Create(job, (int)command.Epoch, bytes));
        epoch.Tree = tree;
        job.Epoch = epoch;
        Directory.CreateDirectory(epoch.Images, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // A node that lost power in an earlier epoch has left its part, and so the folder.
        if (job.IsHead)
            AbortPhase.DiscardAll(job, before: epoch.Epoch);
        if (store.Run(() => FreeSpace.Of(job.Spec.Folder)) is var free && free < bytes)
        {
            throw new HpcCrException(FailureKind.Failed,
                $"{job.Spec.Folder} has {free >> 20} MiB free and this epoch needs about {bytes >> 20} MiB from {job.Options.Node}; nothing was frozen",
                "Free some space, or remove old epochs.");
        }

        var hasSockets = LookOnce(job);
        await job.AskAsync(new GuardRequest
        {
            PrepareEngine = new PrepareEngine { Engine = engines.For(job.Spec), LeaseMs = epoch.LeaseMs, LockTable = hasSockets ? job.LockTable : "" },
        }, cancellationToken);
        await PluginSteps.QuiesceAsync(job, epoch, [.. command.Quiesce.Outside.Select(ToPlugins)], cancellationToken);
        return new Reply();
    }

    private static OutsideConnection ToPlugins(OpenConnection connection) => new()
    {
        Id = connection.Inode,
        Local = connection.Local,
        Remote = connection.Remote,
        Pid = connection.Pid,
        Descriptor = connection.FileDescriptor,
    };

    // What a fresh launcher does for the first time takes it ten times as long: not while the job stands still.
    private static bool LookOnce(LocalJob job)
    {
        var sockets = JobSockets.Look(JobSockets.InodesOf(job.Cgroup.Processes()), job.Cgroup.Id);
        ProcessorBindings.OfJob(job);
        return sockets.Connections.Count + sockets.Listeners.Count > 0;
    }
}
