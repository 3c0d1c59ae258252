using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using HpcCr.Store;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>Rebuilds one sandbox up to the engine's gate, and lets it go when all nodes are there.</summary>
internal static class RestoreSteps
{
    /// <summary>Copies and verifies the images, and touches nothing but what it makes.</summary>
    public static async Task<Reply> PrepareAsync(LocalJob job, Manifest manifest, PrepareRestore request, SigningKey key, CancellationToken cancellationToken)
    {
        var relocation = RelocationJson.Read(request.RelocationJson);
        var sandbox = manifest.Nodes.Single(n => n.Node == relocation.Place.Sandbox);
        var staging = StagingFolders.Create(job, manifest.Epoch, sandbox.Images.Sum(f => f.Size));
        var work = new RestoreWork(manifest, sandbox, relocation, request.EpochPath, staging, request.LeaseMs) { Treatment = request.Files.ToCore() };
        job.Restoring = work;
        if (job.IsHead)
            AbortPhase.DiscardAll(job);
        try
        {
            await ImageCopier.UnsealAsync(request.EpochPath, sandbox, staging, job.Store, cancellationToken);
            ImageRights.RequireForRestore(job, work.Images);
        }
        catch (HpcCrException e) when (e.Kind == FailureKind.Damaged)
        {
            throw new HpcCrException(e.Kind, e.Message, GoodEpochs.Advice(request.EpochPath, manifest.Job, job.Store, key), e);
        }

        foreach (var mount in UnusedMounts.Drop(sandbox, work.Images))
            job.Log.LogInformation("{Job}: the mount {Mount} is not here and was not used; it is left out", job.Spec.Name, mount);
        TreeRestore.Prepare(work);
        MpiEnvironment.WriteHostFiles(job.Spec.Nodes, request.Slots, job.Layout);
        await PluginSteps.PreRestoreAsync(job, work, cancellationToken);
        return new Reply();
    }

    /// <summary>The images of all nodes are good: plugins reconnect what leads outside; locks the job's connections, puts files back. No process exists yet.</summary>
    public static async Task<Reply> PutBackAsync(LocalJob job, CancellationToken cancellationToken)
    {
        var work = Prepared(job);
        using (var fresh = await FreshConnections.OpenAsync(job, work, cancellationToken))
        {
            await LockPhase.LockAsync(job, work.Sockets.Locked, work.Sockets.Listeners, cancellationToken);
            fresh.MoveIntoImages();
        }

        work.Sockets.Rewrite(work.Images);
        KernelStateRestore.MendImages(work);
        await (job.Spec.Attached ? SharedFiles.UnpackAsync(job, work.Files, cancellationToken) : PrivateFiles.UnpackAsync(job, work.Files, cancellationToken));
        await new JobFiles(work, job).PutBackAsync(cancellationToken);
        if (work.Treatment == Core.FileTreatment.Keep)
            KeptFiles.Accept(work, job.Store);
        await PluginEnds.ReplaceAsync(job, work, cancellationToken);
        // Sockets that plugins have handed over must be closed on their side before the engine binds the same ends.
        await job.Plugins.EndAsync();
        return new Reply();
    }

    /// <summary>The engine rebuilds every process and stops before any of them runs.</summary>
    public static async Task<Reply> RestoreAsync(LocalJob job, Restore request, EngineCommands engines, CancellationToken cancellationToken)
    {
        var work = Prepared(job);
        TemporaryNames.Remove(job, work.Images);
        try
        {
            var reply = await job.AskAsync(new GuardRequest
            {
                Restore = new RestoreSandbox
                {
                    Images = work.Images,
                    Root = job.Layout.RestoreRoot,
                    Cgroup = job.Cgroup.Path,
                    BatchCgroups = { job.BatchCgroups },
                    Engine = engines.ForRestore(job.Spec, PathRights.AreForUserAlone(job, work.Images)),
                    DeadlineMs = request.DeadlineMs,
                    LeaseMs = work.LeaseMs,
                    External = { ExternalMounts.Restore(job) },
                    Tree = TreeRestore.Of(job, work),
                    Taken = { PluginEnds.ForGuard(work) },
                },
            }, cancellationToken);
            OpenedRights.Require(job, reply.Status.EnginePid);
            KernelStateRestore.PutBack(job, work);
        }
        catch
        {
            await EngineLogs.KeepAsync(job, work.Images, work.Manifest.Epoch);
            TemporaryNames.Remove(job, work.Images);
            throw;
        }
        finally
        {
            work.Replaced.ForEach(file => file.File.Dispose());
        }

        work.IsAtGate = true;
        return new Reply();
    }

    /// <summary>All nodes stand at their gates: unlock, and the job runs.</summary>
    public static async Task<Reply> GoAsync(LocalJob job, CancellationToken cancellationToken)
    {
        // A coordinator that has taken over from another one does not know whom that had told already.
        if (job.Restoring is not { } work)
            return new Reply();
        ProcessorBindings.PutBack(job, work.Sandbox.ProcessorBindings);
        AddressTranslation.Attach(job.Cgroup.Path, work.Relocation.View);
        await job.AskAsync(new GuardRequest { Unlock = new UnlockPackets() }, cancellationToken);
        var done = await job.AskAsync(new GuardRequest { Finish = new FinishEngine { Thaw = true, Timers = { SandboxTimers.Of(work.Sandbox, work.Sockets) } } }, cancellationToken);
        if (done.Status.State == GuardStatus.Types.State.Empty)
        {
            throw new HpcCrException(FailureKind.Failed, $"what was restored of {job.Spec.Name} on {job.Options.Node} is gone: {done.Status.LastAbort}",
                $"Restart {job.Spec.Name} again.");
        }

        StagingFolders.Remove(work.Staging);
        job.Restoring = null;
        return new Reply();
    }

    private static RestoreWork Prepared(LocalJob job) =>
        job.Restoring ?? throw new HpcCrException(FailureKind.Internal, "a restore was asked for that was not prepared");
}
