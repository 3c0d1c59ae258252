using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Moves a running job to other nodes: an epoch that stops it, and a restart elsewhere. Where that fails, the job goes on where it was.</summary>
internal sealed class JobMigrator(NodeRegistry nodes, Journal journal, Checkpointer checkpointer, JobRestarter restarter, JobEnder ender, ILogger<JobMigrator> log)
{
    /// <summary>Moves it; whoever waits for the job goes on waiting.</summary>
    /// <param name="job">The job.</param>
    /// <param name="request">Where to.</param>
    /// <param name="progress">Told each step.</param>
    /// <exception cref="HpcCrException">It was not moved; the message says whether it runs on.</exception>
    public async Task<RestartResult> MigrateAsync(Job job, MigrateRequest request, Action<Progress> progress)
    {
        var before = job.Spec.Places.ToList();
        var hosts = Placement.Of($"job {job.Name}", before, request.Nodes, request.Moves);
        if (hosts.SequenceEqual(before.Select(p => p.Node)))
            throw new HpcCrException(FailureKind.Usage, $"job {job.Name} is on {string.Join(", ", hosts)} already", "Name other nodes.");
        RequireReady(hosts);
        job.BeginMove(hosts);
        try
        {
            await checkpointer.CheckpointAsync(job, new CheckpointRequest { Job = job.Name, Stop = true, TimeoutMs = request.TimeoutMs }, progress);
            return await BringBackAsync(job, before, progress);
        }
        finally
        {
            job.EndMove();
            journal.Note(job);
        }
    }

    /// <summary>Ends a move that an earlier coordinator began, the epoch of it being over: a job that was stopped is brought back, there or here.</summary>
    /// <exception cref="HpcCrException">It was not moved; the message says whether it runs on.</exception>
    public async Task RecoverAsync(Job job)
    {
        try
        {
            if (job.Move is not { StoppedBy: > 0 })
                return;
            if (job.Restart is { } restart && await restarter.RecoverAsync(job, restart))
                return;
            await ender.ClearAsync(job);
            await BringBackAsync(job, [.. job.Spec.Places], _ => { });
        }
        finally
        {
            job.EndMove();
            journal.Note(job);
        }
    }

    private async Task<RestartResult> BringBackAsync(Job job, List<Place> before, Action<Progress> progress)
    {
        var (hosts, epoch) = job.Move!;
        var epochPath = Path.Combine(job.Spec.Folder, EpochName.Of(epoch));
        try
        {
            return await restarter.BringBackAsync(job, epochPath, hosts, progress, CancellationToken.None);
        }
        catch (Exception e) when (e is HpcCrException or NodeFailedException && !job.State.IsEnded())
        {
            log.LogWarning("{Job}: it could not be moved: {Why}", job.Name, e.Message);
            progress(new Progress { Phase = "back", Text = e.Message, Done = -1 });
            await GoBackAsync(job, epoch, epochPath, [.. before.Select(p => p.Node)], progress, e.Message);
            throw new HpcCrException(FailureKind.Failed, $"job {job.Name} could not be moved to {string.Join(", ", hosts)}: {e.Message}",
                $"It runs on where it was, from epoch {epoch}.", e);
        }
    }

    private async Task GoBackAsync(Job job, int epoch, string epochPath, IReadOnlyList<string> hosts, Action<Progress> progress, string why)
    {
        try
        {
            await restarter.BringBackAsync(job, epochPath, hosts, progress, CancellationToken.None);
        }
        catch (Exception e) when (e is HpcCrException or NodeFailedException)
        {
            await ender.EndAsync(job, JobState.Stopped, reason: $"stopped with epoch {epoch}, neither moved ({why}) nor brought back ({e.Message})");
            throw new HpcCrException(FailureKind.JobLost, $"job {job.Name} could be neither moved ({why}) nor brought back ({e.Message})",
                $"Its epoch {epoch} is good: `hpccr restart {job.Name}` starts it, on other nodes with --nodes.", e);
        }
    }

    // What can be known before the job is stopped.
    private void RequireReady(IReadOnlyList<string> hosts)
    {
        foreach (var host in hosts.Distinct())
        {
            if (nodes.Require(host).Hello.Engine is var engine && !engine.StartsWith("criu ", StringComparison.Ordinal))
                throw new HpcCrException(FailureKind.Unsupported, $"{host}: {engine}", "`hpccr doctor` on that node tells more.");
        }
    }
}
