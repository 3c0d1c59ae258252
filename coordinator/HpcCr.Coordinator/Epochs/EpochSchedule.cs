using HpcCr.Core;
using HpcCr.Hosting;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Epochs that jobs make by themselves: one an interval after the end of the last one, whoever asked for that.</summary>
internal sealed class EpochSchedule(Checkpointer checkpointer, TimeProvider time, ILogger<EpochSchedule> log)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    /// <summary>Makes the epochs of a job until it ends; nothing happens for one that wants none.</summary>
    public void Follow(Job job)
    {
        if (job.Spec.Interval is { } interval && !job.State.IsEnded())
            _ = FollowAsync(job, interval).Watched(log, $"{job.Name}: no more checkpoints are made at its interval");
    }

    /// <summary>How long after a failed attempt the next one comes: longer each time, up to the interval (or five minutes, if that is more).</summary>
    /// <param name="failures">How many attempts in a row have failed; at least 1.</param>
    /// <param name="interval">The job's interval.</param>
    internal static TimeSpan RetryAfter(int failures, TimeSpan interval)
    {
        var first = interval < FirstRetry ? interval : FirstRetry;
        var longest = interval > LongestRetry ? interval : LongestRetry;
        var retry = first * Math.Pow(2, Math.Min(failures - 1, 30));
        return retry < longest ? retry : longest;
    }

    private async Task FollowAsync(Job job, TimeSpan interval)
    {
        var failures = 0;
        var last = 0;
        var due = time.GetUtcNow() + interval;
        while (!job.State.IsEnded())
        {
            var change = job.NextChange();
            if (job.State != JobState.Running)
            {
                job.NextEpochAt = null;
                await change;
                continue;
            }

            // Somebody else's epoch has just ended, or the store has been read: from there it counts.
            if (job.NewestEpoch != last)
            {
                failures = 0;
                due = time.GetUtcNow() + interval;
            }

            last = job.NewestEpoch;
            job.NextEpochAt = due;
            if (due - time.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                await EitherAsync(change, left);
                continue;
            }

            job.NextEpochAt = null;
            failures = await TryAsync(job) ? 0 : failures + 1;
            last = job.NewestEpoch;
            due = time.GetUtcNow() + (failures == 0 ? interval : RetryAfter(failures, interval));
        }
    }

    private async Task EitherAsync(Task change, TimeSpan left)
    {
        using var stop = new CancellationTokenSource();
        await Task.WhenAny(change, Task.Delay(left, time, stop.Token));
        await stop.CancelAsync();
    }

    private async Task<bool> TryAsync(Job job)
    {
        try
        {
            await checkpointer.CheckpointAsync(job, new CheckpointRequest { Job = job.Name }, _ => { });
            return true;
        }
        catch (Exception e)
        {
            // Whatever it was, the job runs on, and the next attempt may go better.
            log.LogWarning("{Job}: an epoch that was due failed: {Why}", job.Name, e.Message);
            return false;
        }
    }
}
