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

    /// <summary>Which life of the job it speaks of (<see cref="JobSpec.Incarnation"/>); 0: written by a version that did not count them.</summary>
    public long Incarnation { get; init; }

    /// <summary>The coordinator that the job runs under; empty: written by a version that did not say so.</summary>
    public string Owner { get; init; } = "";

    /// <summary>How long a part of the job runs on without a word from the coordinator, in milliseconds; 0: without end.</summary>
    public long FenceMilliseconds { get; init; }

    /// <summary>The Slurm job in whose allocation it runs; 0: none.</summary>
    public uint SlurmJob { get; init; }

    /// <summary>When this was written, UTC.</summary>
    public DateTimeOffset Time { get; init; }
}
