namespace HpcCr.Plugins;

/// <summary>What a plugin has claimed, at the instant of the cut.</summary>
public sealed record PreDumpEvent
{
    /// <summary>The connections that it has claimed, with the lengths of their queues.</summary>
    public IReadOnlyList<OutsideConnection> Connections { get; init; } = [];
}
