using HpcCr.Cli.Connection;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Slurm;

/// <summary>Whether all nodes of an allocation can take epochs.</summary>
internal static class Readiness
{
    /// <summary>Why the Prolog on this node could not do its part; TaskProlog sets it.</summary>
    public const string FaultVariable = "HPCCR_SLURM_FAULT";

    // The Prolog has just started launchers; their way to the coordinator takes a moment, and so does the restart of a coordinator.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks.</summary>
    /// <returns>The way to the coordinator, if there is one, and what is in the way of epochs, if anything is.</returns>
    public static async Task<(CoordinatorSession? Session, string? Obstacle)> OfAsync(Allocation allocation, string? coordinator, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(FaultVariable) is { Length: > 0 } fault)
            return (null, fault);
        CoordinatorSession? session = null;
        try
        {
            session = CoordinatorLocator.TryOpen(coordinator);
            return session is null
                ? (null, $"no launcher of HpcCr's answers on {allocation.Nodes[0]}")
                : (session, await ObstacleAsync(session, allocation, cancellationToken));
        }
        catch (HpcCrException e) when (e.Kind is FailureKind.Internal or FailureKind.NotFound or FailureKind.NotAllowed)
        {
            return (session, e.Message);
        }
    }

    private static async Task<string?> ObstacleAsync(CoordinatorSession session, Allocation allocation, CancellationToken cancellationToken)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            Dictionary<string, Node> known;
            try
            {
                known = (await session.NodesAsync(cancellationToken)).Nodes.ToDictionary(node => node.Name);
            }
            catch (HpcCrException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(Step, cancellationToken);
                continue;
            }

            if (allocation.Nodes.Where(node => !IsConnected(known.GetValueOrDefault(node))).ToList() is { Count: > 0 } missing)
            {
                if (waited.Elapsed > Patience) return $"the launcher of {string.Join(", ", missing)} is not connected";
                await Task.Delay(Step, cancellationToken);
                continue;
            }

            return allocation.Nodes.FirstOrDefault(node => known[node].EngineMissing) is { } without ? $"{without} has no engine: {known[without].Engine}" : null;
        }
    }

    private static bool IsConnected(Node? node) => node?.State == "connected";
}
