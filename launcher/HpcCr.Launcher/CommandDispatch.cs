using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Launcher;

/// <summary>What each command of the coordinator does on this node: the list of all that a launcher can.</summary>
/// <param name="options">The launcher's options.</param>
/// <param name="jobs">The sandboxes here.</param>
/// <param name="node">What this node is.</param>
/// <param name="key">What epochs are signed with.</param>
internal sealed class CommandDispatch(LauncherOptions options, LocalJobs jobs, NodeFacts node, SigningKey key)
{
    private static readonly Step[] Interrupting = [Step.Abort, Step.EndJob, Step.UndoRestore];
    private readonly SandboxesInTheMaking _making = new();

    /// <summary>
    /// Carries out one command; throws <see cref="HpcCrException"/> when it fails. Commands for a job begin in the order of the
    /// calls; no work is done on the caller's thread.
    /// </summary>
    public async Task<Reply> RunAsync(Command command, CancellationToken cancellationToken)
    {
        if (Interrupting.Contains(command.StepCase))
            await _making.EndAsync(command);
        switch (command.StepCase)
        {
            case Step.CreateSandbox:
                return await _making.RunAsync(command, token => SandboxSteps.CreateAsync(jobs, command.Sandbox, command.CreateSandbox, token), cancellationToken);
            case Step.ProbeDirectory:
                return await Task.Run(() => DirectoryProbe.Run(command.ProbeDirectory, command.Job), CancellationToken.None);
            case Step.PruneEpochs:
                return await Task.Run(() => PruneStep.Run(command.PruneEpochs, command.Job, key), CancellationToken.None);
            case Step.ClaimFolder:
                return await Task.Run(() => ClaimFolderStep.RunAsync(command.ClaimFolder), CancellationToken.None);
            case Step.RemoveJob:
                return await Task.Run(() => RemoveJobStep.RunAsync(command.RemoveJob, command.Job), CancellationToken.None);
            case Step.AskSlurm:
                return await SlurmNode.AskAsync(command.AskSlurm);
            case Step.InspectTree:
                return await Task.Run(() => InspectTreeStep.Run(command.InspectTree, jobs, options.Node), CancellationToken.None);
            case Step.AttachSandbox:
                return await _making.RunAsync(command, token => AttachStep.RunAsync(jobs, command.Sandbox, options, command.AttachSandbox, token), cancellationToken);
            case Step.LoadEpoch:
                return await HeldAsync("loadepoch", () => LoadEpochStep.Run(command.LoadEpoch, key));
            case Step.PlanRestore:
                return await HeldAsync("planrestore",
                    () => PlanRestoreStep.Run(command.PlanRestore, options, key, jobs.Find(command.JobId(), command.Sandbox) is { } here && !(command.Incarnation > (ulong)here.Spec.Incarnation), node));
            case Step.PrepareRestore:
                return await _making.RunAsync(command, token => PrepareRestoreAsync(command, token), cancellationToken);
        }

        if (jobs.Find(command.JobId(), command.Sandbox) is not { } job || IsOfAnotherLife(command, job))
            return await WithoutSandboxAsync(command);
        return await job.StepAsync(Interrupts(command, job), async token =>
        {
            // It may have been removed while this waited for its turn.
            if (jobs.Find(command.JobId(), command.Sandbox) != job)
                return await WithoutSandboxAsync(command);
            await FaultHooks.AtAsync(options.Run.Faults, command.StepCase.ToString().ToLowerInvariant(), token);
            return await StepAsync(job, command, token);
        }, cancellationToken, command.Epoch);
    }

    private static bool IsOfAnotherLife(Command command, LocalJob job) =>
        (command.Incarnation != 0 || command.EndJob is { Stale: true }) && (long)command.Incarnation != job.Spec.Incarnation;

    // To undo what is not there is to have undone it.
    private async Task<Reply> WithoutSandboxAsync(Command command) =>
        command.StepCase == Step.FindEpoch ? await Task.Run(() => FindEpochStep.Run(command), CancellationToken.None)
        : command.StepCase is Step.Abort or Step.EndJob or Step.UndoRestore or Step.Kill ? new Reply()
        : throw new HpcCrException(FailureKind.JobLost, $"{options.Node} has no sandbox of job {command.Job}", "Restart the job from its newest epoch.");

    // Steps that belong to no sandbox yet.
    private Task<Reply> HeldAsync(string step, Func<Reply> run) => Task.Run(async () =>
    {
        await FaultHooks.AtAsync(options.Run.Faults, step, CancellationToken.None);
        return run();
    });

    // The abort of an epoch that is over leaves the next one alone; and what is being undone already is not to be interrupted by a question.
    private static bool Interrupts(Command command, LocalJob job) => command.StepCase switch
    {
        Step.Abort => job.EpochOfStep == 0 || job.EpochOfStep == command.Epoch,
        Step.FindEpoch => job.EpochOfStep == command.Epoch,
        _ => Interrupting.Contains(command.StepCase),
    };

    private async Task<Reply> StepAsync(LocalJob job, Command command, CancellationToken token)
    {
        switch (command.StepCase)
        {
            case Step.RemoteStart:
                await job.AskAsync(new GuardRequest { Spawn = new SpawnInSandbox { Entry = job.Entries.Remote(command.RemoteStart.Command) } }, token);
                return new Reply();
            case Step.Signal:
                await job.AskAsync(new GuardRequest { Signal = new SendSignal { Signal = command.Signal.Signal } }, token);
                return new Reply();
            case Step.ListProcesses:
                return await SandboxSteps.ListAsync(job, token);
            case Step.EndJob:
                return await SandboxSteps.EndAsync(jobs, job, command.EndJob);
            case Step.Preflight:
                return await PreflightStep.RunAsync(job, (int)command.Epoch, token);
            case Step.Quiesce when node.EngineFault is { } fault:
                throw new HpcCrException(FailureKind.Unsupported, $"{options.Node} cannot dump: {fault}", "`hpccr doctor` on that node tells more; then restart its launcher.");
            case Step.Quiesce:
                return await QuiescePhase.RunAsync(job, command, node.Engines, token);
            case Step.FindEpoch:
                return FindEpochStep.Run(command);
            case Step.Abort:
                return await AbortPhase.RunAsync(job, (int)command.Epoch, token, command.Abort.Committed);
            case Step.PutBack:
                return await RestoreSteps.PutBackAsync(job, token);
            case Step.Restore:
                return await RestoreSteps.RestoreAsync(job, command.Restore, node.Engines, token);
            case Step.Go:
                return await RestoreSteps.GoAsync(job, token);
            case Step.Settle:
                await job.AskAsync(new GuardRequest { SetTimersBack = new SetTimersBack() }, token);
                await PluginSteps.RestoredAsync(job);
                return new Reply();
            case Step.UndoRestore:
                await jobs.RemoveAsync(job);
                return new Reply();
        }

        if (job.Epoch is not { } epoch || epoch.Epoch != command.Epoch)
            throw new HpcCrException(FailureKind.Failed, $"{options.Node} knows nothing of epoch {command.Epoch} of {command.Job}", "Try the checkpoint again.");
        switch (command.StepCase)
        {
            case Step.Freeze:
                return await FreezePhase.RunAsync(job, token);
            case Step.Thaw:
                return await FreezePhase.ThawAsync(job, token);
            case Step.Drain:
                return await DrainPhase.RunAsync(job, command.Drain, token);
            case Step.Lock:
                return await LockPhase.RunAsync(job, command.Lock.All, token);
            case Step.Dump:
                return await DumpPhase.RunAsync(job, command.Dump, token);
            case Step.Resume:
                return await ResumePhase.RunAsync(job, command.Resume.KeepStopped, token);
            case Step.Seal:
                return await SealPhase.RunAsync(job, node.Addresses, key, token);
            case Step.Commit:
                return await CommitPhase.RunAsync(job, command.Commit, key);
            case Step.Kill:
                await job.AskAsync(new GuardRequest { Kill = new KillSandbox() }, token);
                await PluginSteps.EndAsync(job);
                return new Reply();
            default:
                throw new HpcCrException(FailureKind.Internal, $"the launcher on {options.Node} does not know the command {command.StepCase}",
                    "Coordinator and launchers must be of the same version.");
        }
    }

    private async Task<Reply> PrepareRestoreAsync(Command command, CancellationToken cancellationToken)
    {
        var asked = command.PrepareRestore;
        var manifest = SignedManifest.Read(asked.ManifestJson, asked.SpecJson, asked.EpochPath, key);
        var job = await jobs.CreateAsync(manifest.Spec, command.Sandbox);
        try
        {
            return await job.StepAsync(false, async token =>
            {
                await FaultHooks.AtAsync(options.Run.Faults, "preparerestore", token);
                return await RestoreSteps.PrepareAsync(job, manifest, asked, key, token);
            }, cancellationToken);
        }
        catch
        {
            await jobs.RemoveAsync(job);
            throw;
        }
    }
}
