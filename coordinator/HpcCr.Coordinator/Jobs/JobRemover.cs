using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>Removes jobs that have ended, with their folders and what is written down of them.</summary>
internal sealed class JobRemover(NodeRegistry nodes, JobTable jobs, Journal journal, JobStarter starter, LifeGate gate)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>Removes one.</summary>
    /// <param name="job">The job; null: this coordinator does not know it, and the folder counts.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="uid">Who asks.</param>
    /// <param name="gid">Their group.</param>
    /// <param name="cancellationToken">Gives up before anything is removed.</param>
    /// <exception cref="HpcCrException">It lives, or something of it may; or its folder cannot be removed.</exception>
    public async Task<RemoveReply> RemoveAsync(Job? job, RemoveRequest request, uint uid, uint gid, CancellationToken cancellationToken)
    {
        var id = job?.Spec.Id ?? new JobId(uid, JobReference.Parse(request.Job).Name);
        if (job is not null)
            await RequireOverAsync(job, request.Force, cancellationToken);
        else if (!Path.IsPathRooted(request.Folder) || Path.GetFileName(request.Folder) != id.Name)
            throw new HpcCrException(FailureKind.NotFound, $"there is no job {request.Job}", "`hpccr list` shows the jobs there are.");
        var head = job is not null && nodes.Find(job.HeadPlace.Node) is not null ? job.HeadPlace.Node : await starter.FirstNodeAsync(cancellationToken);
        var remove = job is null
            ? new RemoveJob { Folder = request.Folder, Uid = uid, Gid = gid }
            : new RemoveJob { Folder = job.Spec.Folder, Uid = job.Spec.Uid, Gid = job.Spec.Gid, Known = true, Incarnation = (ulong)JobStarter.KnownOf(job)! };
        var replies = await NodeGroup.AskAllAsync(nodes, id, [new Place("", head)], _ => new Command { RemoveJob = remove }, "removal", Deadline, cancellationToken);
        if (job is not null)
        {
            jobs.Remove(job);
            journal.Forget(job.Spec.Id);
        }

        return new RemoveReply { Folder = remove.Folder, Bytes = replies[""].JobRemoved.Bytes, Epochs = replies[""].JobRemoved.Epochs };
    }

    private async Task RequireOverAsync(Job job, bool force, CancellationToken cancellationToken)
    {
        if (!job.State.IsEnded())
            throw new HpcCrException(FailureKind.Failed, $"job {job.Name} is {job.State}; nothing was removed", $"End it with `hpccr kill {job.Name}` first.");
        await gate.PassAsync(job, force, (_, _) => { }, cancellationToken);
        // Once it is forgotten, a part that comes back would be taken for a job that runs.
        if (!force && job.Former.All is { Count: > 0 } left)
        {
            throw new HpcCrException(FailureKind.Failed, $"{string.Join(", ", left.Select(part => part.Place.Node).Distinct())} does not answer and may hold a part of job {job.Name}; nothing was removed",
                "Bring it back, which ends that part, or give --force if it is gone for good.");
        }
    }
}
