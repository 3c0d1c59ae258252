namespace HpcCr.Core;

/// <summary>A mount of the host that the job saw at the cut.</summary>
/// <param name="MountPoint">Where.</param>
/// <param name="FileSystem">Its kind, such as <c>nfs4</c>.</param>
/// <param name="Source">What was mounted, as the file system tells it.</param>
/// <param name="IsUsed">Whether something that the images name lies on it, or on a mount below it.</param>
public sealed record MountRecord(string MountPoint, string FileSystem, string Source, bool IsUsed);
