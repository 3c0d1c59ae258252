namespace HpcCr.Core;

/// <summary>
/// The addresses that one sandbox sees in place of the real ones, because it has known them since it was started. Without any,
/// it sees the real ones.
/// </summary>
public sealed record AddressView
{
    /// <summary>Nothing is translated.</summary>
    public static AddressView None { get; } = new();

    /// <summary>Seen to real, for what the sandbox connects and sends to.</summary>
    public IReadOnlyList<AddressChange> Outgoing { get; init; } = [];

    /// <summary>Seen to real, for what it binds to: its own addresses.</summary>
    public IReadOnlyList<AddressChange> Binding { get; init; } = [];

    /// <summary>Real to seen, for the other ends of its connections.</summary>
    public IReadOnlyList<AddressChange> Peers { get; init; } = [];

    /// <summary>Real to seen, for its own ends.</summary>
    public IReadOnlyList<AddressChange> Own { get; init; } = [];

    /// <summary>Whether nothing is translated.</summary>
    public bool IsEmpty => Outgoing.Count + Binding.Count + Peers.Count + Own.Count == 0;
}
