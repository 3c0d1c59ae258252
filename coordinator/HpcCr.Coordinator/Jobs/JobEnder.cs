using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Ends jobs: nothing of them stays on any node, and their folder says how they ended.</summary>
internal sealed class JobEnder(NodeRegistry nodes, Journal journal, ILogger<JobEnder> log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Ends the job in a state; nothing happens when it has ended already.</summary>
    /// <param name="job">The job.</param>
    /// <param name="state">The state.</param>
    /// <param name="exitCode">Its exit code, if it has one.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="release">Processes that were attached run on.</param>
    public async Task EndAsync(Job job, JobState state, int? exitCode = null, string reason = "", bool release = false)
    {
        await job.Ending.WaitAsync();
        try
        {
            if (job.State.IsEnded())
                return;
            log.LogInformation("{Job}: {State} {ExitCode} {Reason}", job.Name, state, exitCode, reason);
            // The nodes forget how it ended as soon as they are told.
            job.Decide(new JobEnd(state, exitCode, reason));
            job.Former.Add(job.Spec);
            await journal.TrySaveAsync(job);
            await TellAsync(job, job.Spec.Places, RecordOf(job, state, exitCode, reason), release);
            job.MoveTo(state, exitCode, reason);
            journal.Note(job);
        }
        finally
        {
            job.Ending.Release();
        }
    }

    /// <summary>Removes what is left of a job that stopped to be brought back elsewhere; it does not end by that.</summary>
    /// <param name="job">The job.</param>
    /// <param name="release">What was attached and never restarted is let go instead.</param>
    public Task ClearAsync(Job job, bool release = false)
    {
        job.Former.Add(job.Spec);
        return TellAsync(job, job.Spec.Places, ByteString.Empty, release);
    }

    /// <summary>A node has come back with a part of the job's last life, which has ended: that is removed.</summary>
    public Task EndPartAsync(Job job, Place part) =>
        TellAsync(job, [part], RecordOf(job, job.State, job.ExitCode, job.Reason), job.Spec.Attached && job.State == JobState.Failed);

    /// <summary>A part of a life that is over, on a node that is connected: it is removed, if it is there.</summary>
    public async Task EndFormerAsync(Job job, FormerPart part)
    {
        var isLast = job.State.IsEnded() && part.Incarnation == job.Spec.Incarnation && job.Spec.Places.Contains(part.Place);
        if (isLast)
            await EndPartAsync(job, part.Place);
        else
            await EndStaleAsync(job, part);
    }

    /// <summary>A part of an earlier life, or one where the job does not belong, is ended at once; the job's folder is left alone.</summary>
    public async Task EndStaleAsync(Job job, FormerPart part)
    {
        log.LogWarning("{Job}: {Node} holds a part of it that does not belong there (life {Incarnation}); it is ended", job.Name, part.Place.Node, part.Incarnation);
        job.Former.Add(part);
        var failures = await NodeGroup.TellAllAsync(nodes, job.Spec.Id, [part.Place],
            _ => new Command { Incarnation = (ulong)part.Incarnation, EndJob = new EndJob { Stale = true } }, "end", Deadline);
        Confirm(job, [part.Place], part.Incarnation, failures);
    }

    private static ByteString RecordOf(Job job, JobState state, int? exitCode, string reason)
    {
        var record = new JobRecord { Job = job.Name, State = state, ExitCode = exitCode, Reason = reason, Nodes = [.. job.Spec.Places.Select(p => p.Node)], Time = DateTimeOffset.UtcNow, Incarnation = job.Spec.Incarnation, SlurmJob = job.Spec.SlurmJob };
        return ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Default.JobRecord));
    }

    private async Task TellAsync(Job job, IEnumerable<Place> places, ByteString record, bool release)
    {
        var reachable = places.Where(p => nodes.Find(p.Node) is not null).ToList();
        var failures = await NodeGroup.TellAllAsync(nodes, job.Spec.Id, reachable,
            sandbox => new Command
            {
                Incarnation = (ulong)job.Spec.Incarnation,
                EndJob = new EndJob { RecordJson = sandbox == job.Spec.Head ? record : ByteString.Empty, Release = release },
            }, "end", Deadline);
        Confirm(job, reachable, job.Spec.Incarnation, failures);
    }

    private void Confirm(Job job, List<Place> told, long incarnation, IReadOnlyList<NodeFailedException> failures)
    {
        foreach (var failure in failures)
            log.LogWarning("{Job}: {Node} did not confirm the end: {Why}", job.Name, failure.Node, failure.Message);
        foreach (var place in told.Where(place => !failures.Any(failure => failure.Node == place.Node)))
            job.Former.Remove(new FormerPart(place, incarnation));
    }
}
