using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Moves a running job to other nodes: an epoch that stops it, and a restart elsewhere. Where that fails, the job goes on where it was.</summary>
internal sealed class JobMigrator(NodeRegistry nodes, Checkpointer checkpointer, JobRestarter restarter, JobEnder ender, ILogger<JobMigrator> log)
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
        job.BeginMove();
        try
        {
            var made = await checkpointer.CheckpointAsync(job, new CheckpointRequest { Job = job.Name, Stop = true, TimeoutMs = request.TimeoutMs }, progress);
            return await BringBackAsync(job, made, hosts, before, progress);
        }
        finally
        {
            job.EndMove();
        }
    }

    private async Task<RestartResult> BringBackAsync(
        Job job, CheckpointResult made, IReadOnlyList<string> hosts, List<Place> before, Action<Progress> progress)
    {
        try
        {
            return await restarter.BringBackAsync(job, made.Path, hosts, progress, CancellationToken.None);
        }
        catch (Exception e) when (e is HpcCrException or NodeFailedException && !job.State.IsEnded())
        {
            log.LogWarning("{Job}: it could not be moved: {Why}", job.Name, e.Message);
            progress(new Progress { Phase = "back", Text = e.Message, Done = -1 });
            await GoBackAsync(job, made, [.. before.Select(p => p.Node)], progress, e.Message);
            throw new HpcCrException(FailureKind.Failed, $"job {job.Name} could not be moved to {string.Join(", ", hosts)}: {e.Message}",
                $"It runs on where it was, from epoch {made.Epoch}.", e);
        }
    }

    private async Task GoBackAsync(Job job, CheckpointResult made, IReadOnlyList<string> hosts, Action<Progress> progress, string why)
    {
        try
        {
            await restarter.BringBackAsync(job, made.Path, hosts, progress, CancellationToken.None);
        }
        catch (Exception e) when (e is HpcCrException or NodeFailedException)
        {
            await ender.EndAsync(job, JobState.Stopped, reason: $"stopped with epoch {made.Epoch}, neither moved ({why}) nor brought back ({e.Message})");
            throw new HpcCrException(FailureKind.JobLost, $"job {job.Name} could be neither moved ({why}) nor brought back ({e.Message})",
                $"Its epoch {made.Epoch} is good: `hpccr restart {job.Name}` starts it, on other nodes with --nodes.", e);
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
