namespace HpcCr.Plugins;

/// <summary>What a plugin takes upon itself.</summary>
public sealed record QuiesceAnswer
{
    /// <summary>Connections that it will see to. One that two plugins claim ends the epoch.</summary>
    public IReadOnlyList<ConnectionClaim> Claims { get; init; } = [];

    /// <summary>Unix sockets and pipes that it will replace, by <see cref="OutsideEnd.Id"/>. One that two plugins claim ends the epoch.</summary>
    public IReadOnlyList<string> Ends { get; init; } = [];
}
