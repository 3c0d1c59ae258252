namespace HpcCr.Plugins;

/// <summary>What a sandbox holds when a restarted job runs.</summary>
public sealed record RestoredEvent
{
    /// <summary>Its processes, as the node numbers them.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];
}
