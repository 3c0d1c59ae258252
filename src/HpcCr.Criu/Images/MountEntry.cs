namespace HpcCr.Criu.Images;

/// <summary>One mount of a mount namespace in a dump.</summary>
public sealed record MountEntry
{
    /// <summary>Its number, as in /proc/PID/mountinfo at the dump.</summary>
    public required uint MountId { get; init; }

    /// <summary>The number of the mount that it is mounted on.</summary>
    public required uint ParentId { get; init; }

    /// <summary>The engine's number of the file system's type; 0: one that it takes as it finds it.</summary>
    public required uint FileSystem { get; init; }

    /// <summary>The type's name, where the engine has no number for it.</summary>
    public string? FileSystemName { get; init; }

    /// <summary>The device, in the kernel's encoding.</summary>
    public required uint RootDevice { get; init; }

    /// <summary>The same as mount tables have it, <c>major:minor</c>.</summary>
    public string Device => $"{RootDevice >> 20}:{RootDevice & 0xFFFFF}";

    /// <summary>The mount's flags, as in mount(2).</summary>
    public required uint Flags { get; init; }

    /// <summary>What of the file system is mounted: a path within it.</summary>
    public required string Root { get; init; }

    /// <summary>Where, as the engine writes it: <c>./</c>, <c>./dev/shm</c>.</summary>
    public required string MountPoint { get; init; }

    /// <summary>What was given as the source.</summary>
    public required string Source { get; init; }

    /// <summary>The file system's options.</summary>
    public required string Options { get; init; }

    /// <summary>Its peer group; null or 0 when it is not shared.</summary>
    public uint? SharedId { get; init; }

    /// <summary>The peer group that it receives from; null or 0 when it is no slave.</summary>
    public uint? MasterId { get; init; }

    /// <summary>The name under which a restore is told its source; null for one that the engine makes itself.</summary>
    public string? ExternalKey { get; init; }

    /// <summary>What it shows was deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Where, as an absolute path inside the sandbox.</summary>
    public string AbsolutePath => MountPoint.StartsWith('.') ? "/" + MountPoint[1..].TrimStart('/') : MountPoint;
}
