using HpcCr.Core;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>Which epochs stay. None is removed while a restart reads it: restarts and removals of one job's folder pass one gate.</summary>
internal sealed class Retention(NodeRegistry nodes, Journal journal, JobStarter starter, ILogger<Retention> log)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);
    private readonly FolderGates _gates = new();
    private readonly List<(uint Uid, string Path)> _reading = [];

    /// <summary>A restart reads an epoch until what is returned is disposed; a removal under way is waited for.</summary>
    public async Task<IDisposable> ReadAsync(string epochPath, uint uid, CancellationToken cancellationToken)
    {
        var reading = (uid, Path: Path.TrimEndingDirectorySeparator(epochPath));
        using (await _gates.EnterAsync(Path.GetDirectoryName(reading.Path) ?? "/", cancellationToken))
        {
            lock (_reading)
                _reading.Add(reading);
        }

        return new Reading(() =>
        {
            lock (_reading)
                _reading.Remove(reading);
        });
    }

    /// <summary>After an epoch of a job: removes what the job does not want to keep. That it failed is no failure of the epoch.</summary>
    public async Task ApplyAsync(Job job)
    {
        if (job.Spec.Keep == 0)
            return;
        try
        {
            await PruneAsync(job, job.Spec.Keep, dryRun: false, CancellationToken.None);
        }
        catch (Exception e) when (e is HpcCrException or NodeFailedException)
        {
            log.LogWarning("{Job}: old epochs were not removed: {Why}", job.Name, e.Message);
        }
    }

    /// <summary>Removes all but the newest epochs of a job, as its user, on its head node.</summary>
    public async Task<PruneReply> PruneAsync(Job job, int keep, bool dryRun, CancellationToken cancellationToken)
    {
        var node = nodes.Find(job.HeadPlace.Node) is null ? await starter.FirstNodeAsync(cancellationToken) : job.HeadPlace.Node;
        var reply = await PruneAsync(node, job.Spec.Id, job.Spec.Folder, job.Spec.Gid, keep, dryRun, cancellationToken);
        if (dryRun)
            return reply;
        job.Forget(reply.Removed.Select(e => (int)e).ToHashSet());
        journal.Note(job);
        return reply;
    }

    /// <summary>The same for a job of an earlier coordinator, as whoever asks.</summary>
    /// <exception cref="HpcCrException">The folder cannot be this job's (not found).</exception>
    public async Task<PruneReply> PruneAsync(JobId job, string folder, uint gid, int keep, bool dryRun, CancellationToken cancellationToken)
    {
        if (!Path.IsPathRooted(folder) || Path.GetFileName(folder) != job.Name)
            throw new HpcCrException(FailureKind.NotFound, $"there is no job {job.Name}", "`hpccr list` shows the jobs there are.");
        return await PruneAsync(await starter.FirstNodeAsync(cancellationToken), job, folder, gid, keep, dryRun, cancellationToken);
    }

    private async Task<PruneReply> PruneAsync(
        string node, JobId job, string folder, uint gid, int keep, bool dryRun, CancellationToken cancellationToken)
    {
        if (keep == 0)
            throw new HpcCrException(FailureKind.Usage, "at least one epoch is kept", "Write --keep 1 or more.");
        using var gate = await _gates.EnterAsync(folder, cancellationToken);
        var command = new Command
        {
            PruneEpochs = new PruneEpochs { Folder = folder, Uid = job.Uid, Gid = gid, Keep = (uint)keep, DryRun = dryRun, InUse = { InUse(job) } },
        };
        var replies = await NodeGroup.AskAllAsync(nodes, job, [new Place("", node)], _ => command, "prune", Deadline, cancellationToken);
        var pruned = replies[""].EpochsPruned;
        if (pruned.Removed.Count > 0 && !dryRun)
            log.LogInformation("{Job}: removed epochs {Epochs}", job.Name, string.Join(", ", pruned.Removed));
        return new PruneReply { Folder = folder, Removed = { pruned.Removed }, Kept = { pruned.Kept }, Bytes = pruned.Bytes };
    }

    // By names, not by whole paths: the same folder may be reached in several ways. Root may read anybody's epochs.
    private List<uint> InUse(JobId job)
    {
        lock (_reading)
        {
            return [.. _reading.Where(reading => (reading.Uid == 0 || job.Uid == 0 || reading.Uid == job.Uid) && Path.GetFileName(Path.GetDirectoryName(reading.Path)) == job.Name)
                .Select(reading => EpochName.Parse(Path.GetFileName(reading.Path))).OfType<int>().Select(epoch => (uint)epoch)];
        }
    }

    private sealed class Reading(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
