namespace HpcCr.Core;

/// <summary>A regular file that the job had open for writing at the cut; a restart puts it back to this length.</summary>
/// <param name="Path">As the job knows it, absolute.</param>
/// <param name="Size">Its length at the cut, in bytes.</param>
public sealed record FileRecord(string Path, long Size);
