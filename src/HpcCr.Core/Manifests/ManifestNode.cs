namespace HpcCr.Core;

/// <summary>What one node put into an epoch.</summary>
public sealed record ManifestNode
{
    /// <summary>The sandbox's name (the node that the job was started on); also its folder in the epoch.</summary>
    public required string Node { get; init; }

    /// <summary>The node that the sandbox was on; null: the one of its name.</summary>
    public string? Host { get; init; }

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

    /// <summary>Regular files that the job writes to or that are captured, and those that travel in other ways.</summary>
    public IReadOnlyList<FileRecord> JobFiles { get; init; } = [];

    /// <summary>Threads that were bound to processors; null when none was.</summary>
    public IReadOnlyList<ProcessorBinding>? ProcessorBindings { get; init; }

    /// <summary>The machine; null in older epochs.</summary>
    public MachineRecord? Machine { get; init; }

    /// <summary>The job's user here; null in older epochs.</summary>
    public UserRecord? User { get; init; }

    /// <summary>What the images name and do not hold, the files in <see cref="JobFiles"/> apart; null in older epochs.</summary>
    public IReadOnlyList<NeededFile>? NeededFiles { get; init; }

    /// <summary>The host's mounts that the job saw, its root apart; null in older epochs.</summary>
    public IReadOnlyList<MountRecord>? Mounts { get; init; }

    /// <summary>Listening sockets with a TCP_USER_TIMEOUT; null when there was none.</summary>
    public IReadOnlyList<ListenerTimeout>? ListenerTimeouts { get; init; }

    /// <summary>What the restore of an attached tree needs to know; null for a sandbox.</summary>
    public TreeRecord? Tree { get; init; }

    /// <summary>What plugins left here; null when none did.</summary>
    public IReadOnlyList<PluginState>? PluginStates { get; init; }

    /// <summary>Unix sockets and pipes that plugins replace; null when there are none.</summary>
    public IReadOnlyList<PluginEnd>? PluginEnds { get; init; }

    /// <summary>Huge pages that the job has mapped; null when it has none, and in older epochs.</summary>
    public IReadOnlyList<HugePagesRecord>? HugePages { get; init; }

    /// <summary>Where stored contents of files of the job are, below the node's folder.</summary>
    public const string ContentsFolder = "contents";

    /// <summary>What the engine and the sandbox's own folders need: all but stored contents of files of the job.</summary>
    public IEnumerable<ImageRecord> Images => Files.Where(file => !IsContents(file.Path));

    /// <summary>Whether a file of a node's folder holds stored contents of a file of the job.</summary>
    public static bool IsContents(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.StartsWith(ContentsFolder + "/", StringComparison.Ordinal);
    }
}
