using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>
/// Goes on where an earlier coordinator stopped, at whatever instant that was. Each step may be interrupted and done again: what is under
/// way stays in the journal until it is over.
/// </summary>
internal sealed class JobRecovery(
    NodeRegistry nodes, JobTable jobs, JobEnder ender, Checkpointer checkpointer, JobRestarter restarter, JobMigrator migrator,
    NodeWatch watch, CoordinatorOptions options, ILogger<JobRecovery> log)
{
    /// <summary>Takes over all jobs of a journal. They are known when this returns; what is under way with them is ended after that.</summary>
    /// <param name="records">What the journal says of each job.</param>
    /// <returns>Completes when nothing of an earlier coordinator is under way any more.</returns>
    /// <exception cref="HpcCrException">A record cannot be (damaged); no job has been touched.</exception>
    public Task TakeOver(IEnumerable<JournalRecord> records)
    {
        var all = records.Select(record => (Record: record, Job: Job.Of(record))).ToList();
        var living = all.Where(found => found.Job.Restart is not null || !found.Job.State.IsEnded()).ToList();
        foreach (var (_, job) in living)
            job.BeginRecovery();
        foreach (var (_, job) in all)
            jobs.Add(job, isNew: false);
        return Task.WhenAll(living.Select(found => RecoverAsync(found.Job, found.Record)));
    }

    private async Task RecoverAsync(Job job, JournalRecord record)
    {
        try
        {
            await EndWhatIsUnderWayAsync(job, record);
        }
        catch (Exception e) when (e is HpcCrException or NodeFailedException)
        {
            log.LogWarning("{Job}: {Why}", job.Name, e.Message);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Job}: taking it over has a defect", job.Name);
        }
        finally
        {
            job.EndRecovery();
        }

        if (!job.State.IsEnded())
            await watch.ExpectAsync(job);
    }

    private async Task EndWhatIsUnderWayAsync(Job job, JournalRecord record)
    {
        if (job.State == JobState.Running && job.Move is null && job.Restart is null && record.Epoch is null)
            return;
        log.LogInformation("{Job}: taken over, {State} {Epoch}", job.Name, job.State, record.Epoch?.State);
        await ReturnsAsync(job);
        if (job.Move is { } move)
        {
            await EndEpochAsync(job, record.Epoch, isMoved: move.StoppedBy > 0);
            await migrator.RecoverAsync(job);
        }
        else if (job.Restart is { } restart)
        {
            if (!await restarter.RecoverAsync(job, restart))
                await restarter.WithdrawAsync(job, restart.Before is { } before ? Job.Of(before) : null, "its restart was interrupted by the end of the coordinator");
        }
        else if (job.State == JobState.Starting)
            await ender.EndAsync(job, JobState.Failed, reason: "its start was interrupted by the end of the coordinator", release: job.Spec.Attached);
        else
            await EndEpochAsync(job, record.Epoch, isMoved: false);
    }

    private async Task EndEpochAsync(Job job, JournalEpoch? epoch, bool isMoved)
    {
        if (epoch is null || isMoved)
            return;
        if (!Enum.TryParse<EpochState>(epoch.State, out var state))
            state = EpochState.Recover;
        try
        {
            await checkpointer.RecoverAsync(job, (int)epoch.Number, epoch.Stop, state);
        }
        catch (HpcCrException e)
        {
            log.LogWarning("{Job}: {Why}", job.Name, e.Message);
        }
    }

    // All nodes that the job is on or is to come to; one that stays away is not waited for longer than any other time.
    private Task<bool[]> ReturnsAsync(Job job)
    {
        var all = job.Spec.Places.Concat(job.Restart?.Spec.Places ?? []).Select(p => p.Node).Concat(job.Move?.Hosts ?? []).Distinct();
        return Task.WhenAll(all.Select(node => nodes.ReturnsAsync(node, options.NodeGrace)));
    }
}
