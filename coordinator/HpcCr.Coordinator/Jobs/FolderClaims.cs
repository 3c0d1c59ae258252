using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;
using CoreState = HpcCr.Core.JobState;

namespace HpcCr.Coordinator;

/// <summary>Makes folders of jobs this coordinator's, so that no other begins a life of the same job there.</summary>
internal sealed class FolderClaims(NodeRegistry nodes, CoordinatorOptions options, string owner, ILogger log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Claims the folder for a life of a job that is about to begin.</summary>
    /// <param name="job">The job.</param>
    /// <param name="spec">The job as it will run.</param>
    /// <param name="fresh">Whether it starts from its beginning.</param>
    /// <param name="known">The newest life that is known to be over; null: none is.</param>
    /// <param name="force">Whoever asks knows that nothing of it runs any more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HpcCrException">It may be another's, or holds what the new job must not take for its own.</exception>
    public async Task ClaimAsync(Job job, JobSpec spec, bool fresh, long? known, bool force, CancellationToken cancellationToken)
    {
        var claim = Of(spec, RecordOf(spec, CoreState.Running, ""));
        claim.Fresh = fresh;
        claim.Force = force;
        claim.IdleNodes.Add(nodes.Connected.Select(session => session.Node));
        if (known is { } over)
            claim.Known = (ulong)over;
        try
        {
            await AskAsync(spec, claim, cancellationToken);
        }
        catch (NodeFailedException e)
        {
            throw e.Failure;
        }

        job.Former.Claimed(spec.Incarnation);
    }

    /// <summary>That life did not begin: the folder says again what it said before.</summary>
    /// <param name="spec">The job as it would have run.</param>
    /// <param name="before">The job as it was; null: there was none, or the job did not start at all.</param>
    public async Task ReleaseAsync(JobSpec spec, Job? before)
    {
        var claim = Of(spec, before is null ? RecordOf(spec, CoreState.Starting, "") : RecordOf(spec, before.State, before.Reason) with { ExitCode = before.ExitCode });
        claim.Release = true;
        try
        {
            await AskAsync(spec, claim, CancellationToken.None);
        }
        catch (NodeFailedException e)
        {
            log.LogWarning("{Job}: its folder still says that it runs: {Why}", spec.Name, e.Message);
        }
    }

    private Task<Dictionary<string, Reply>> AskAsync(JobSpec spec, ClaimFolder claim, CancellationToken cancellationToken) =>
        NodeGroup.AskAllAsync(nodes, spec.Id, [spec.Places.First()], _ => new Command { ClaimFolder = claim }, "claim of the job's folder", Deadline, cancellationToken);

    private static ClaimFolder Of(JobSpec spec, JobRecord record) => new()
    {
        Folder = spec.Folder,
        Uid = spec.Uid,
        Gid = spec.Gid,
        RecordJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Default.JobRecord)),
    };

    private JobRecord RecordOf(JobSpec spec, CoreState state, string reason) => new()
    {
        Job = spec.Name,
        State = state,
        Reason = reason,
        Nodes = [.. spec.Places.Select(place => place.Node)],
        Incarnation = spec.Incarnation,
        Owner = owner,
        FenceMilliseconds = (long)(options.FenceAfter?.TotalMilliseconds ?? 0),
        SlurmJob = spec.SlurmJob,
        Time = DateTimeOffset.UtcNow,
    };
}
