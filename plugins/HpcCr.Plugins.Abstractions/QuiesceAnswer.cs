namespace HpcCr.Plugins;

/// <summary>What a plugin takes upon itself.</summary>
public sealed record QuiesceAnswer
{
    /// <summary>Connections that it will see to. One that two plugins claim ends the epoch.</summary>
    public IReadOnlyList<ConnectionClaim> Claims { get; init; } = [];

    /// <summary>Unix sockets and pipes that it will replace, by <see cref="OutsideEnd.Id"/>. One that two plugins claim ends the epoch.</summary>
    public IReadOnlyList<string> Ends { get; init; } = [];

    /// <summary>Beginnings of the names of devices that stay open, because the engine has a plugin of its own that saves them; among the <c>devices</c> of plugin.json.</summary>
    public IReadOnlyList<string> EngineDevices { get; init; } = [];
}
