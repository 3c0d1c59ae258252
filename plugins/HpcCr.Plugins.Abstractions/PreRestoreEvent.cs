namespace HpcCr.Plugins;

/// <summary>What a plugin has left in the epoch that the job goes back to.</summary>
public sealed record PreRestoreEvent
{
    /// <summary>What it had answered in PreDump; null: nothing.</summary>
    public string? State { get; init; }
}
