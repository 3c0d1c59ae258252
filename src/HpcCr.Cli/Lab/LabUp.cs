using HpcCr.Cli.Connection;
using HpcCr.Rpc;

namespace HpcCr.Cli.Lab;

/// <summary>Brings a lab up, or back to what it was.</summary>
internal static class LabUp
{
    /// <summary>Starts what is missing.</summary>
    /// <param name="layout">Where.</param>
    /// <param name="nodes">How many nodes.</param>
    /// <param name="slots">How many slots each.</param>
    /// <param name="lease">How long a job is held without a word from the coordinator; null: as it was, or as everywhere.</param>
    /// <param name="fence">How long a job runs without a word from the coordinator; null: as it was, or as in every lab.</param>
    /// <param name="started">Told the name of each thing that had to be started.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<LabState> RunAsync(
        LabLayout layout, int nodes, int slots, TimeSpan? lease, TimeSpan? fence, Action<string> started, CancellationToken cancellationToken)
    {
        using var held = await LabLock.TakeAsync(layout, cancellationToken);
        var before = LabStateFile.Read(layout);
        // Before anything is made, so that nothing of that coordinator's is taken away with it.
        if (before is null && new UnixAddress(layout.Run.CoordinatorSocket).IsAnswering())
            throw new HpcCrException(FailureKind.NotAllowed, $"a coordinator that is not a lab's answers at {layout.Run.CoordinatorSocket}",
                $"End it first, or give the lab a run folder of its own with {RunLayout.Variable}.");
        if (before is not null && (before.Nodes, before.Slots) != (nodes, slots))
            throw new HpcCrException(FailureKind.Failed,
                $"a lab of {before.Nodes} nodes with {before.Slots} slots each is up already",
                $"Use it with `hpccr lab up {before.Nodes} --slots {before.Slots}`, or end it with `hpccr lab down`.");
        if (before is not null && lease is { } other && before.LeaseMilliseconds != (int)other.TotalMilliseconds)
            throw new HpcCrException(FailureKind.Failed, "the lab that is up has another lease", "Leave `--lease` out, or end the lab with `hpccr lab down`.");
        if (before is not null && fence is { } longer && before.FenceSeconds != (int)longer.TotalSeconds)
            throw new HpcCrException(FailureKind.Failed, "the lab that is up freezes jobs after another time", "Leave `--fence-after` out, or end the lab with `hpccr lab down`.");
        if (before is { Control: not { IsAlive: true } })
        {
            // Without the bridge's place nothing that is left of the lab is of use.
            await LabDown.RemoveAsync(layout, cancellationToken);
            before = null;
        }

        try
        {
            var state = before ?? Prepare(layout, nodes, slots, lease, fence);
            state = await LabNodes.StartNodesAsync(layout, state, started, cancellationToken);
            await LabDaemons.StartAsync(layout, state, started, cancellationToken);
            return state;
        }
        catch when (before is null)
        {
            // What began to be made is taken away again, whatever stopped it.
            await LabDown.RemoveAsync(layout, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Makes the lab's folder with what all of it shares.</summary>
    public static LabState Prepare(LabLayout layout, int nodes, int slots, TimeSpan? lease = null, TimeSpan? fence = null)
    {
        var state = new LabState { Nodes = nodes, Slots = slots, LeaseMilliseconds = (int?)lease?.TotalMilliseconds, FenceSeconds = (int?)fence?.TotalSeconds ?? LabState.DefaultFenceSeconds, Cgroup = LabCgroup.PathFor(layout.Run) };
        Directory.CreateDirectory(layout.Control);
        LabStateFile.Write(layout, state);
        File.Delete(layout.Run.CoordinatorSocket);
        File.CreateSymbolicLink(layout.Run.CoordinatorSocket, Path.GetRelativePath(layout.Run.Root, new RunLayout(layout.Control).CoordinatorSocket));
        ClusterKey.Create(layout.Key).Dispose();
        var hosts = state.All().SelectMany(node => new[] { $"{node.Address} {node.Name}", $"{node.AddressV6} {node.Name}" });
        File.WriteAllLines(layout.Hosts, ["127.0.0.1 localhost", "::1 localhost ip6-localhost", $"{LabNode.ControlAddress} control", .. hosts]);
        return state;
    }
}
