namespace HpcCr.Plugins;

/// <summary>What a plugin says when the job stands still.</summary>
public sealed record PreDumpAnswer
{
    /// <summary>What a restart is to tell the plugin again, at most 64 KiB; it is kept in the epoch, signed with it.</summary>
    public string? State { get; init; }

    /// <summary>Why this is a bad moment: the job runs on for some milliseconds and the plugin is asked again, at most twenty times. Null: it is a good one.</summary>
    public string? Busy { get; init; }
}
