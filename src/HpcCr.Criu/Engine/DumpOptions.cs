namespace HpcCr.Criu;

/// <summary>One dump.</summary>
public sealed record DumpOptions : EngineOptions
{
    /// <summary>The largest deleted file whose content goes into the images, in bytes, where nothing else is said.</summary>
    public const uint DefaultGhostLimitBytes = 1u << 30;

    /// <summary>The root of the tree, in the engine's pid namespace.</summary>
    public required int RootPid { get; init; }

    /// <summary>The log's name within the images folder.</summary>
    public string LogFile { get; init; } = "dump.log";

    /// <summary>The tasks live on after the dump; else they are killed.</summary>
    public bool LeaveRunning { get; init; } = true;

    /// <summary>Largest deleted file whose content goes into the images, in bytes (UCX and MPICH leave such files).</summary>
    public uint GhostLimitBytes { get; init; } = DefaultGhostLimitBytes;

    /// <summary>The cgroup the tasks are frozen in (a folder path; required if it is frozen already); null: none.</summary>
    public string? FreezeCgroup { get; init; }

    /// <summary>A file with options that requests have no field for, in the syntax of criu.conf; absolute. Null: none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>What such a file holds that keeps the engine from opening each file once more to read its build id: that would break leases.</summary>
    public const string ValidateBySize = "file-validation filesize\n";

    /// <summary>How long the engine tries to stop the tasks, in seconds; 0: the engine's own default, 10.</summary>
    public uint TimeoutSeconds { get; init; } = 10;
}
