namespace HpcCr.Plugins;

/// <summary>What a sandbox holds when an epoch begins.</summary>
public sealed record QuiesceEvent
{
    /// <summary>Its processes, as the node numbers them.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>Its TCP connections to the outside of the job.</summary>
    public IReadOnlyList<OutsideConnection> Connections { get; init; } = [];

    /// <summary>Its connected unix sockets and its pipes to the outside of the job. One that no plugin claims ends the epoch.</summary>
    public IReadOnlyList<OutsideEnd> Ends { get; init; } = [];
}
