namespace HpcCr.Core;

/// <summary>A file or folder that the images name and do not hold: a program, a library, an input, a working folder.</summary>
/// <param name="Path">As the job knows it, absolute.</param>
/// <param name="Size">Its length at the cut, in bytes, which the engine insists on; null for folders and devices.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
public sealed record NeededFile(string Path, long? Size, bool IsFolder);
