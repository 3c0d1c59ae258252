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
            await journal.TrySaveAsync(job);
            await TellAsync(job, job.Spec.Places, RecordOf(job, state, exitCode, reason), release);
            job.MoveTo(state, exitCode, reason);
        }
        finally
        {
            job.Ending.Release();
        }
    }

    /// <summary>Removes what is left of a job that stopped to be brought back elsewhere; it does not end by that.</summary>
    public Task ClearAsync(Job job) => TellAsync(job, job.Spec.Places, ByteString.Empty, release: false);

    /// <summary>A node has come back with a part of a job that has ended: that is removed.</summary>
    public Task EndPartAsync(Job job, Place part) =>
        TellAsync(job, [part], RecordOf(job, job.State, job.ExitCode, job.Reason), job.Spec.Attached && job.State == JobState.Failed);

    private static ByteString RecordOf(Job job, JobState state, int? exitCode, string reason)
    {
        var record = new JobRecord { Job = job.Name, State = state, ExitCode = exitCode, Reason = reason, Nodes = [.. job.Spec.Places.Select(p => p.Node)], Time = DateTimeOffset.UtcNow };
        return ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Default.JobRecord));
    }

    private async Task TellAsync(Job job, IEnumerable<Place> places, ByteString record, bool release)
    {
        var reachable = places.Where(p => nodes.Find(p.Node) is not null).ToList();
        var failures = await NodeGroup.TellAllAsync(nodes, job.Spec.Id, reachable,
            sandbox => new Command
            {
                EndJob = new EndJob { RecordJson = sandbox == job.Spec.Head ? record : ByteString.Empty, Release = release },
            }, "end", Deadline);
        foreach (var failure in failures)
            log.LogWarning("{Job}: {Node} did not confirm the end: {Why}", job.Name, failure.Node, failure.Message);
    }
}
