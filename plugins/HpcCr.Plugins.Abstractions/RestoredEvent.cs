namespace HpcCr.Plugins;

/// <summary>What a sandbox holds when a restarted job runs.</summary>
public sealed record RestoredEvent
{
    /// <summary>Its processes, as the node numbers them.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>What the plugin had answered in PreDump; null: nothing.</summary>
    public string? State { get; init; }
}
