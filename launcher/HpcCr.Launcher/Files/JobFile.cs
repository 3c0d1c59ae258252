using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>A file of the job as it was looked at while the job stood still.</summary>
/// <param name="Path">As the job knows it, absolute.</param>
/// <param name="Stamp">Which file it is, and its length at the cut.</param>
/// <param name="Policy">What becomes of it.</param>
/// <param name="Offset">Where the next byte would go; null when no descriptor is open for writing.</param>
/// <param name="IsMapped">It is mapped shared and writable: what is written to it then does not change its times.</param>
internal sealed record JobFile(string Path, FileStamp Stamp, FilePolicy Policy, long? Offset, bool IsMapped)
{
    /// <summary>Where it can be opened, if not by its path.</summary>
    public string? Link { get; init; }

    /// <summary>As the images name it, where that is another path: the job has it through a mount of its own.</summary>
    public string? Inside { get; init; }

    /// <summary>Of a file that has lost the name by which it was opened: another one.</summary>
    public string? OtherName { get; init; }

    /// <summary>Its policy by how it is written, whatever becomes of its name.</summary>
    public FilePolicy Writing { get; init; }

    /// <summary>The job holds a lease of it: to open it would break that, which the job is told with a signal.</summary>
    public bool IsLeased { get; init; }

    /// <summary>Small enough to be stored whatever becomes of it: it may be replaced, truncated or removed until a restart needs it.</summary>
    public bool IsKept { get; init; }

    /// <summary>
    /// Whether its contents are stored when the job runs again: what is open stays what it was if it is replaced or removed meanwhile, and that it was
    /// truncated shows.
    /// </summary>
    public bool IsStoredLater => IsKept && Stamp.Size > StoredAtOnceBytes;

    private const long StoredAtOnceBytes = 4 << 20;

    /// <summary>
    /// Whether its contents go into the epoch. The engine saves those of deleted files, but not of such that have another name: it makes
    /// one more for the time of the dump.
    /// </summary>
    public bool IsStored => Policy is FilePolicy.Rewritten or FilePolicy.Captured || (Policy == FilePolicy.Deleted && Stamp.Links > 0 && OtherName is null) || IsKept;
}
