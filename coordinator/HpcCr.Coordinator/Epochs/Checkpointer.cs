using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Runs epochs and draws the consequences for the job.</summary>
internal sealed class Checkpointer(
    NodeRegistry nodes, Journal journal, JobEnder ender, Retention retention, CoordinatorOptions options, ILogger<EpochRunner> log)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    /// <summary>One epoch of a job.</summary>
    /// <exception cref="HpcCrException">It was not committed.</exception>
    public async Task<CheckpointResult> CheckpointAsync(Job job, CheckpointRequest request, Action<Progress> progress)
    {
        var timeout = request.TimeoutMs == 0 ? DefaultTimeout : TimeSpan.FromMilliseconds(request.TimeoutMs);
        var maxPause = request.MaxPauseMs == 0 ? job.Spec.MaxPause : TimeSpan.FromMilliseconds(request.MaxPauseMs);
        var runner = new EpochRunner(job, nodes, journal, options, request.Stop, timeout, maxPause, progress, log)
        {
            IsAskedForInside = request.Inside,
        };
        return await ConcludeAsync(job, runner, runner.RunAsync);
    }

    /// <summary>Ends an epoch that an earlier coordinator began, as far as its journal tells.</summary>
    /// <exception cref="HpcCrException">It was not committed.</exception>
    public async Task RecoverAsync(Job job, int number, bool stop, EpochState state)
    {
        var runner = new EpochRunner(job, nodes, journal, options, stop, DefaultTimeout, job.Spec.MaxPause, _ => { }, log);
        await ConcludeAsync(job, runner, async () =>
        {
            await runner.RecoverAsync(number, state);
            return number;
        });
    }

    private async Task<T> ConcludeAsync<T>(Job job, EpochRunner runner, Func<Task<T>> run)
    {
        try
        {
            var result = await run();
            await retention.ApplyAsync(job);
            if (runner.State == EpochState.Stopped && job.IsMoving)
            {
                job.Leave(runner.Number);
                await journal.TrySaveAsync(job);
                await ender.ClearAsync(job);
            }
            else if (runner.State == EpochState.Stopped)
                await ender.EndAsync(job, JobState.Stopped, reason: $"stopped after epoch {runner.Number}");
            return result;
        }
        catch (HpcCrException e)
        {
            job.LastError = e.Sentence;
            if (runner.State == EpochState.Lost)
                await ender.EndAsync(job, JobState.Lost, reason: e.Message);
            // A job that ended by itself in the middle of an epoch is not lost.
            if (job.State == JobState.Lost)
                throw new HpcCrException(FailureKind.JobLost, e.Message, $"`hpccr restart {job.Name}` starts the job again from its newest epoch.");
            throw;
        }
        finally
        {
            // Only now: until the job has its last state, no other epoch may begin and what its nodes report is this epoch's doing.
            job.EndEpoch(runner);
            journal.Note(job);
        }
    }
}
