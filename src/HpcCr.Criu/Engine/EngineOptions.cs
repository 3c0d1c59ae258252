namespace HpcCr.Criu;

/// <summary>What a dump and a restore have in common; the images of one must be restored with the same flags.</summary>
public abstract record EngineOptions
{
    /// <summary>Errors and warnings: the cause of a failure, without what led to it.</summary>
    public const int LogWarnings = 2;

    /// <summary>Everything: what the lines before an error are taken from.</summary>
    public const int LogEverything = 4;

    /// <summary>The folder of the images; it exists, and for a dump it is empty. The engine also works and logs here.</summary>
    public required string ImagesDirectory { get; init; }

    /// <summary>
    /// The images folder is passed as a path instead of as a descriptor of ours: needed for an engine in a pid namespace which does
    /// not see us (it looks the descriptor up below /proc).
    /// </summary>
    public bool ImagesByPath { get; init; }

    /// <summary>Established TCP connections are saved and restored.</summary>
    public bool TcpEstablished { get; init; } = true;

    /// <summary>File locks are saved and restored.</summary>
    public bool FileLocks { get; init; } = true;

    /// <summary>Open files that lost this name but have others get a temporary link beside the old name.</summary>
    public bool LinkRemap { get; init; } = true;

    /// <summary>Datagram unix sockets may be connected to peers outside the tree.</summary>
    public bool ExtUnixSockets { get; init; } = true;

    /// <summary>The root is not a session leader, or its terminal comes from outside.</summary>
    public bool ShellJob { get; init; }

    /// <summary>All mounts that exist outside are external, with their master and sharing relations (`mnt[]:ms`).</summary>
    public bool AutoExternalMounts { get; init; } = true;

    /// <summary>More external objects in the engine's form, e.g. `mnt[/scratch]:scratch`, `net[4026531840]:host`, `unix[1234]`.</summary>
    public IReadOnlyList<string> External { get; init; } = [];

    /// <summary>Who locks connections.</summary>
    public NetworkLockMethod NetworkLock { get; init; } = NetworkLockMethod.Skip;

    /// <summary>Who manages cgroups.</summary>
    public CgroupMode ManageCgroups { get; init; } = CgroupMode.Ignore;

    /// <summary>Detail of the log: 1 errors, 2 warnings, 3 information, 4 everything.</summary>
    public int LogLevel { get; init; } = LogEverything;

    /// <summary>How long the engine may say nothing between two messages before it counts as hung. Our own answers are not counted.</summary>
    public TimeSpan MaximumSilence { get; init; } = TimeSpan.FromMinutes(30);
}
