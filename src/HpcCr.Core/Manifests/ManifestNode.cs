namespace HpcCr.Core;

/// <summary>What one node put into an epoch.</summary>
public sealed record ManifestNode
{
    /// <summary>The node's name; also its folder in the epoch.</summary>
    public required string Node { get; init; }

    /// <summary>The node's addresses when the epoch was made.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>How long this node's processes stood still, in milliseconds.</summary>
    public double PauseMilliseconds { get; init; }

    /// <summary>How many processes are in the images.</summary>
    public int Processes { get; init; }

    /// <summary>Every file below the node's folder.</summary>
    public required IReadOnlyList<ImageRecord> Files { get; init; }

    /// <summary>Every TCP connection of the job that has an end here.</summary>
    public IReadOnlyList<ConnectionRecord> Connections { get; init; } = [];

    /// <summary>The job's listening TCP sockets here, as <c>address:port</c>.</summary>
    public IReadOnlyList<string> Listeners { get; init; } = [];

    /// <summary>Regular files that the job had open for writing.</summary>
    public IReadOnlyList<FileRecord> JobFiles { get; init; } = [];

    /// <summary>Threads that were bound to processors; null when none was.</summary>
    public IReadOnlyList<ProcessorBinding>? ProcessorBindings { get; init; }

    /// <summary>What the restore of an attached tree needs to know; null for a sandbox.</summary>
    public TreeRecord? Tree { get; init; }
}
