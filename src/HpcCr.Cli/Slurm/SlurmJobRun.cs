using HpcCr.Cli.Commands;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Slurm;

/// <summary>One slot of a job: started or brought back, followed, and stopped with an epoch when its time is over.</summary>
/// <param name="session">The way to the coordinator.</param>
/// <param name="terminal">The batch script's output.</param>
/// <param name="allocation">The slot.</param>
/// <param name="terms">What Slurm promises and may do.</param>
/// <param name="departure">How it gets another slot.</param>
/// <param name="signals">What Slurm says.</param>
/// <param name="margin">How long before the time limit the job is stopped.</param>
internal sealed class SlurmJobRun(
    CoordinatorSession session, Terminal terminal, Allocation allocation, SlurmTerms terms, Departure departure, BatchSignals signals, TimeSpan margin)
{
    private const int TerminatedExit = 128 + Linux.Signals.Terminate;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // The coordinator takes five missed heartbeats to see that a node is gone.
    private static readonly TimeSpan UntilANodeIsMissed = TimeSpan.FromSeconds(7);

    private readonly JobComment _comment = new(allocation);
    private string _told = "";

    /// <summary>Runs it to the end of the job or of the slot.</summary>
    /// <param name="spec">The job, if it has to be started.</param>
    /// <param name="earlier">The epochs to go on from, the best first; empty to start it.</param>
    /// <param name="cancellationToken">Ends the following.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(JobSpec spec, IReadOnlyList<(string Path, Manifest Manifest)> earlier, CancellationToken cancellationToken)
    {
        var cost = new StopCost(terms, margin);
        if (!departure.GoesOnByItself)
            Terminal.Note($"Slurm job {allocation.Label} may not be requeued: when it has to stop it ends with its epoch, for --resume-from");
        cost.Began();
        await EndEarlierRunAsync(JobReference.Parse(earlier.Count > 0 ? earlier[0].Manifest.Job : spec.Name), cancellationToken);
        JobStatus began;
        JobStatus? last;
        await using (var step = await HoldingStep.StartAsync(allocation, signals))
        {
            (began, var from) = earlier.Count > 0 ? await ResumeAsync(step.Id, earlier, cancellationToken) : await StartAsync(spec with { SlurmStep = step.Id }, cancellationToken);
            if (earlier.Count > 0) cost.Measured(earlier[0].Manifest);
            last = await FollowAsync(began, from, cost, cancellationToken);
        }

        return last is null ? TerminatedExit : await ConcludeAsync(began, last);
    }

    // The job as it has ended; null when it had to be killed.
    private async Task<JobStatus?> FollowAsync(JobStatus job, (long, long) outputFrom, StopCost cost, CancellationToken cancellationToken)
    {
        using var limit = new LimitWatch(allocation.Label, terms.End, margin, signals);
        var watching = new ForegroundJob(session, terminal).WatchAsync(job, null, outputFrom, status =>
        {
            _comment.Show(status);
            cost.Measured(status);
            Tell(status.LastError);
        }, cancellationToken);
        var isKilled = await StopWhenToldAsync(job.Reference(), watching);
        var last = await watching;
        await _comment.SettleAsync();
        return isKilled ? null : last;
    }

    // Once, however often it is tried in vain.
    private void Tell(string failure)
    {
        if (failure.Length == 0 || failure == _told) return;
        _told = failure;
        Terminal.Note($"no epoch, and it is tried again: {failure}");
    }

    // Whatever Slurm has to say until the job ends; true when it had to be killed.
    private async Task<bool> StopWhenToldAsync(JobReference job, Task<JobStatus> watching)
    {
        Task stopping = Task.CompletedTask;
        while (true)
        {
            var told = signals.Arrived.WaitToReadAsync().AsTask();
            if (await Task.WhenAny(watching, told) == watching)
                return false;
            while (signals.Arrived.TryRead(out var reason))
            {
                if (reason.AtOnce)
                {
                    Terminal.Note($"{reason.Text}; job {job.Name} is ended");
                    await session.KillAsync(job, CancellationToken.None);
                    return true;
                }

                if (!stopping.IsCompleted) continue;
                Terminal.Note($"{reason.Text}; job {job.Name} is stopped with an epoch");
                stopping = StopAsync(job, watching);
            }
        }
    }

    // One that fails is tried again as long as the job runs: Slurm will not wait for a better moment.
    private async Task StopAsync(JobReference job, Task<JobStatus> watching)
    {
        while (!watching.IsCompleted)
        {
            try
            {
                var request = new CheckpointRequest { Job = job.ToString(), Stop = true, TimeoutMs = (uint)StopTimeout.TotalMilliseconds };
                await foreach (var happened in session.CheckpointAsync(request, CancellationToken.None))
                    if (happened.EventCase == CheckpointEvent.EventOneofCase.Result)
                        Terminal.Note($"job {job.Name} was stopped by epoch {happened.Result.Epoch} (pause {Quantity.Milliseconds(happened.Result.PauseMs)}, {Quantity.Bytes(happened.Result.Bytes)})");
                return;
            }
            catch (HpcCrException e)
            {
                if (watching.IsCompleted) return;
                Tell(e.Sentence);
                await Task.WhenAny(watching, Task.Delay(RetryAfter));
            }
        }
    }

    private async Task<int> ConcludeAsync(JobStatus started, JobStatus last)
    {
        var state = last.State.ToCore();
        if (state == JobState.Stopped)
            return await departure.LeaveAsync(last.Folder, signals);
        // What was lost goes on elsewhere, as long as each slot brings it further.
        if (last.Epochs.Except(started.Epochs).Any() && departure.GoesOnByItself && await LossOfAsync(state, last) is { } loss)
        {
            Terminal.Note($"job {last.Job} was lost: {loss}");
            return await departure.LeaveAsync(last.Folder, signals);
        }

        return new ForegroundJob(session, terminal).Conclude(last);
    }

    // Why it was lost, or null. An mpirun may notice that a node is gone, and give up, before anybody else does.
    private async Task<string?> LossOfAsync(JobState state, JobStatus last)
    {
        if (state is JobState.Lost or JobState.Failed) return last.Reason;
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (last is { HasExitCode: true, ExitCode: not 0 } && waited.Elapsed < UntilANodeIsMissed)
        {
            var nodes = (await session.NodesAsync(CancellationToken.None)).Nodes;
            if (nodes.FirstOrDefault(node => node.State != "connected" && allocation.Nodes.Contains(node.Name)) is { } gone)
                return $"{gone.Name} does not answer";
            await Task.Delay(RetryAfter);
        }

        return null;
    }

    // Of the run that Slurm has just requeued, a part may not be gone yet.
    private async Task EndEarlierRunAsync(JobReference job, CancellationToken cancellationToken)
    {
        try
        {
            var found = await session.StatusAsync(job, cancellationToken);
            if (!found.State.ToCore().IsEnded() && found.SlurmJob == allocation.Job)
                await session.KillAsync(found.Reference(), cancellationToken);
        }
        catch (HpcCrException e) when (e.Kind is FailureKind.NotFound or FailureKind.NotAllowed)
        {
            // As it should be; or it is another user's, and the start will say so.
        }
    }

    private async Task<(JobStatus Job, (long, long) OutputFrom)> StartAsync(JobSpec spec, CancellationToken cancellationToken)
    {
        var from = (FileTail.LengthOf(Path.Combine(spec.Folder, JobFolder.StandardOutput)), FileTail.LengthOf(Path.Combine(spec.Folder, JobFolder.StandardError)));
        return (await session.RunAsync(spec.ToWire(), cancellationToken), from);
    }

    private async Task<(JobStatus Job, (long, long) OutputFrom)> ResumeAsync(
        uint step, IReadOnlyList<(string Path, Manifest Manifest)> earlier, CancellationToken cancellationToken)
    {
        foreach (var (path, manifest) in earlier)
        {
            try
            {
                var from = (OutputFrom(1, RestartCommand.PositionOf(manifest, path, JobFolder.StandardOutput, Core.FileTreatment.Rollback)), OutputFrom(2, RestartCommand.PositionOf(manifest, path, JobFolder.StandardError, Core.FileTreatment.Rollback)));
                var request = new RestartRequest { EpochPath = path, Nodes = { allocation.Nodes }, SlurmJob = allocation.Job, SlurmStep = step };
                var result = await RestartEvents.ResultAsync(session.RestartAsync(request, cancellationToken), (_, _) => { });
                Terminal.Note($"job {result.Job.Job} goes on from epoch {result.Epoch} on {string.Join(", ", allocation.Nodes)} (restored in {Quantity.Milliseconds(result.RestoreMs)})");
                return (result.Job, from);
            }
            catch (HpcCrException e) when (e.Kind == FailureKind.Damaged && path != earlier[^1].Path)
            {
                Terminal.Note($"{path} is passed over: {e.Message}");
            }
        }

        throw new HpcCrException(FailureKind.Internal, "there is no epoch to go on from");
    }

    // Slurm empties the file of the script's output at a requeue unless it was submitted with --open-mode=append: then all of it is shown again.
    private static long OutputFrom(int descriptor, long atCut)
    {
        var file = new FileInfo($"/proc/self/fd/{descriptor}").ResolveLinkTarget(false);
        return file is FileInfo { Exists: true } output && output.FullName.StartsWith('/') && !output.FullName.StartsWith("/dev/", StringComparison.Ordinal) && output.Length < atCut ? 0 : atCut;
    }
}
