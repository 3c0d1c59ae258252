using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>Whether a job that counts as living does live: where a node of it does not answer, it is waited for what becomes of the job.</summary>
internal sealed class Decision(NodeRegistry nodes, CoordinatorOptions options)
{
    /// <summary>Asks all nodes of the job, and waits if one does not answer.</summary>
    /// <returns>Whether the job has ended; false: all of its parts answer.</returns>
    public async Task<bool> IsOverAsync(Job job, Action<string, string> progress, CancellationToken cancellationToken)
    {
        var told = "";
        while (!job.State.IsEnded())
        {
            var change = job.NextChange();
            var silent = await SilentAsync(job, cancellationToken);
            if (silent.Count == 0)
                return job.State.IsEnded();
            var names = string.Join(", ", silent);
            if (told != names)
                progress("wait", $"{names} does not answer: waiting until it does or job {job.Name} counts as lost, at most {(options.Patience + options.NodeGrace).TotalSeconds:F0} s");
            told = names;
            await Task.WhenAny(change, nodes.NextArrival(), Task.Delay(options.Heartbeat, nodes.Time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return true;
    }

    // A node that has lost its power counts as connected until it has been silent for a while.
    private async Task<List<string>> SilentAsync(Job job, CancellationToken cancellationToken)
    {
        var asked = job.Spec.Places.Select(async place =>
        {
            try
            {
                await NodeGroup.AskAllAsync(nodes, job.Spec.Id, [place],
                    _ => new Command { Incarnation = (ulong)job.Spec.Incarnation, ListProcesses = new ListProcesses() }, "list", options.Patience, cancellationToken);
                return null;
            }
            catch (NodeFailedException)
            {
                return nodes.Find(place.Node) is null ? place.Node : null;
            }
        });
        return [.. (await Task.WhenAll(asked)).OfType<string>().Distinct()];
    }
}
