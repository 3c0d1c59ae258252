namespace HpcCr.Plugins;

/// <summary>A unix socket or pipe of the epoch that a plugin has claimed.</summary>
public sealed record ReplaceEvent
{
    /// <summary>Which it was; no process holds it now.</summary>
    public required OutsideEnd End { get; init; }

    /// <summary>What the plugin had answered in PreDump; null: nothing.</summary>
    public string? State { get; init; }
}
