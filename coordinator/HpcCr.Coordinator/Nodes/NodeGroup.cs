using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>All sandboxes of a job, taken through one step together.</summary>
internal static class NodeGroup
{
    /// <summary>Sends the node of every sandbox its command and waits for all of them: a barrier.</summary>
    /// <param name="nodes">The registry.</param>
    /// <param name="job">The job; null where a command is for none.</param>
    /// <param name="places">The sandboxes and their nodes.</param>
    /// <param name="command">The command for each sandbox.</param>
    /// <param name="step">The step's name, for people.</param>
    /// <param name="deadline">When to give up, with the names of those that have not answered.</param>
    /// <param name="cancellationToken">Gives up at once.</param>
    /// <returns>The replies by sandbox.</returns>
    /// <exception cref="NodeFailedException">The first node that failed; the others are not waited for.</exception>
    public static async Task<Dictionary<string, Reply>> AskAllAsync(
        NodeRegistry nodes, JobId? job, IReadOnlyList<Place> places, Func<string, Command> command, string step, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pending = places.ToDictionary(AskAsync, place => place);
        var replies = new Dictionary<string, Reply>();
        var timer = Task.Delay(deadline, nodes.Time, stop.Token);
        try
        {
            while (pending.Count > 0)
            {
                var done = await Task.WhenAny(pending.Keys.Append<Task>(timer));
                if (done == timer)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var late = string.Join(", ", pending.Values.Select(place => place.Node).Distinct());
                    throw new NodeFailedException(late, new HpcCrException(FailureKind.Failed,
                        $"{step}: no answer from {late} within {deadline.TotalSeconds:F0} s", "See the launcher's log there, or give `--timeout` more time."), false);
                }

                var answered = (Task<Reply>)done;
                replies[pending[answered].Sandbox] = await answered;
                pending.Remove(answered);
            }

            return replies;
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var left in pending.Keys)
                _ = left.ContinueWith(t => t.Exception, TaskScheduler.Default);
        }

        async Task<Reply> AskAsync(Place place)
        {
            var asked = command(place.Sandbox);
            asked.Sandbox = place.Sandbox;
            asked.Job = job?.Name ?? "";
            asked.Uid = job?.Uid ?? 0;
            return await nodes.Require(place.Node).AskAsync(asked, stop.Token);
        }
    }

    /// <summary>As <see cref="AskAllAsync"/>, but every node is waited for and no failure stops the others.</summary>
    /// <returns>The failures by node.</returns>
    public static async Task<IReadOnlyList<NodeFailedException>> TellAllAsync(
        NodeRegistry nodes, JobId? job, IReadOnlyList<Place> places, Func<string, Command> command, string step, TimeSpan deadline)
    {
        var all = places.Select(async place =>
        {
            try
            {
                await AskAllAsync(nodes, job, [place], command, step, deadline, CancellationToken.None);
                return null;
            }
            catch (NodeFailedException e)
            {
                return e;
            }
        });
        return [.. (await Task.WhenAll(all)).OfType<NodeFailedException>()];
    }
}
