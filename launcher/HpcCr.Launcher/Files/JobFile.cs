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

    /// <summary>
    /// Whether its contents go into the epoch. The engine saves those of deleted files, but not of such that have another name: it makes
    /// one more for the time of the dump.
    /// </summary>
    public bool IsStored => Policy is FilePolicy.Rewritten or FilePolicy.Captured || (Policy == FilePolicy.Deleted && Stamp.Links > 0);
}
