namespace HpcCr.Plugins;

/// <summary>A connection of the epoch that a plugin has claimed.</summary>
public sealed record ReconnectEvent
{
    /// <summary>Which it was; no process holds it now.</summary>
    public required OutsideConnection Connection { get; init; }

    /// <summary>What had arrived and the job had not read; it reads this first, unless the answer says otherwise.</summary>
    public byte[] Unread { get; init; } = [];

    /// <summary>What the job had written and the old peer had not acknowledged. It may have it all the same.</summary>
    public byte[] Unsent { get; init; } = [];

    /// <summary>What the plugin had answered in PreDump; null: nothing.</summary>
    public string? State { get; init; }
}
