namespace HpcCr.Core;

/// <summary>What is written to the job's folder about a job: at its start, and when it ended.</summary>
public sealed record JobRecord
{
    /// <summary>The document's version.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <summary>Its state when this was written.</summary>
    public required JobState State { get; init; }

    /// <summary>The command's exit code once it ended; 128+n for signal n.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Why it failed or was lost; empty otherwise.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The nodes it ran on.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>When this was written, UTC.</summary>
    public DateTimeOffset Time { get; init; }
}
