namespace HpcCr.Core;

/// <summary>What changes for one sandbox when it is restored.</summary>
/// <param name="Place">The sandbox and where it goes.</param>
/// <param name="Own">Addresses of its own in the images, and what they become.</param>
/// <param name="Peers">Addresses of the job's other sandboxes, and what they become where <paramref name="Connections"/> does not say.</param>
/// <param name="Connections">Every TCP connection of the images whose ends change.</param>
/// <param name="View">What it goes on seeing.</param>
public sealed record SandboxRelocation(
    Place Place,
    IReadOnlyList<AddressChange> Own,
    IReadOnlyList<AddressChange> Peers,
    IReadOnlyList<ConnectionChange> Connections,
    AddressView View)
{
    /// <summary>Connections to programs outside the job that the job finds closed, with the ends that they get for that.</summary>
    public IReadOnlyList<ConnectionChange> Ended { get; init; } = [];

    /// <summary>Whether all addresses stay as they are.</summary>
    public bool IsInPlace => Own.All(c => c.From == c.To) && Peers.All(c => c.From == c.To) && Connections.Count == 0;
}
