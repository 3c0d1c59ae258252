using System.Net;
using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>What stands in the way of an epoch of a job, looked for on all of its nodes while it runs.</summary>
internal static class Preflight
{
    private const int ToldAtOnce = 10;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Looks.</summary>
    /// <param name="nodes">The registry.</param>
    /// <param name="job">The job.</param>
    /// <param name="epoch">The epoch that is about to begin; 0: none is.</param>
    /// <param name="left">What the epoch has left of its time.</param>
    /// <param name="cancellationToken">Gives up at once.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="NodeFailedException">A node could not look.</exception>
    public static async Task<PreflightLook> LookAsync(NodeRegistry nodes, Job job, int epoch, TimeSpan left, CancellationToken cancellationToken)
    {
        var places = job.Spec.Places.ToList();
        var replies = await NodeGroup.AskAllAsync(nodes, job.Spec.Id, places, _ => new Command { Incarnation = (ulong)job.Spec.Incarnation, Epoch = (uint)epoch, Preflight = new Protocol.V1.Preflight() },
            "preflight", left < Deadline ? left : Deadline, cancellationToken);
        var outside = Outside([.. places.SelectMany(place => replies[place.Sandbox].Preflighted.Connections.Select(connection => (place, connection)))]);
        var findings = replies.Values.SelectMany(reply => reply.Preflighted.Findings).Concat(outside.Select(o => OutsideFinding.Of(job.Spec, o.Place.Node, o.Connection)));
        return new PreflightLook([.. findings.OrderBy(finding => finding.Warning)], outside.ToLookup(o => o.Place.Sandbox, o => o.Connection));
    }

    /// <summary>Goes on only if no finding is a fault.</summary>
    /// <exception cref="HpcCrException">Some are; all of them are named (unsupported).</exception>
    public static void RequireFaultless(Job job, IReadOnlyList<Finding> findings)
    {
        var faults = findings.Where(finding => !finding.Warning).ToList();
        if (faults.Count == 0)
            return;
        var more = faults.Count > ToldAtOnce ? $"; and {faults.Count - ToldAtOnce} more, see `hpccr check {job.Name}`" : "";
        throw new HpcCrException(FailureKind.Unsupported,
            $"job {job.Name} cannot be checkpointed: {string.Join("; ", faults.Take(ToldAtOnce).Select(fault => fault.What))}{more}; nothing was frozen",
            string.Join(' ', faults.Take(ToldAtOnce).Select(fault => fault.Remedy).Distinct()));
    }

    // Both ends of a connection inside the job have been told by somebody; those of loopback by the same node.
    private static List<(Place Place, OpenConnection Connection)> Outside(IReadOnlyList<(Place Place, OpenConnection Connection)> all)
    {
        var known = all.Select(c => (Scope(c.Place.Node, c.Connection.Local), c.Connection.Local, c.Connection.Remote)).ToHashSet();
        return [.. all.Where(c => !known.Contains((Scope(c.Place.Node, c.Connection.Local), c.Connection.Remote, c.Connection.Local)))];
    }

    private static string Scope(string node, string end) => IPAddress.IsLoopback(IPEndPoint.Parse(end).Address) ? node : "";
}
