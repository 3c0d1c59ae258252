namespace HpcCr.Core;

/// <summary>A file or folder that the images name and do not hold: a program, a library, an input, a working folder.</summary>
/// <param name="Path">As the job knows it, absolute.</param>
/// <param name="Size">Its length at the cut, in bytes, which the engine insists on; null for folders and devices.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
public sealed record NeededFile(string Path, long? Size, bool IsFolder)
{
    /// <summary>When it was last written before the cut, in nanoseconds since 1970; 0 where that is not known.</summary>
    public long ModifiedNs { get; init; }

    /// <summary>
    /// SHA-256 of its contents, of very large files of their beginning and end; null for folders and devices, where the job's user may
    /// not read it, and in older epochs.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the job has it open and neither runs nor maps it.</summary>
    public bool IsData { get; init; }
}
