namespace HpcCr.Plugins;

/// <summary>One connection that a plugin sees to.</summary>
public sealed record ConnectionClaim
{
    /// <summary>The restart asks the plugin for a new connection.</summary>
    public const string Reconnect = "reconnect";

    /// <summary>The job finds the connection closed by its other end.</summary>
    public const string Close = "close";

    /// <summary>The connection is put back as it was: its other end waits for it.</summary>
    public const string Keep = "keep";

    /// <summary>Which: <see cref="OutsideConnection.Id"/>.</summary>
    public required uint Connection { get; init; }

    /// <summary>What becomes of it in a restart: one of the constants.</summary>
    public string Policy { get; init => field = value ?? Reconnect; } = Reconnect;
}
