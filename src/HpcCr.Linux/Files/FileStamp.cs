using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>Which file it is, and what tells whether it was changed (statx(2)); looked at without opening it.</summary>
/// <param name="Device">The device of its file system, <c>major:minor</c>.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ModifiedNs">When it was last written, in nanoseconds since 1970.</param>
/// <param name="ChangedNs">When it or its inode was last changed, in nanoseconds since 1970.</param>
/// <param name="Mode">Its permissions, as in chmod(2).</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Occupied">What it takes on the medium, in bytes: less than its length when it has holes.</param>
public readonly record struct FileStamp(string Device, ulong Inode, long Size, long ModifiedNs, long ChangedNs, int Mode, uint Links, long Occupied)
{
    private const int PermissionMask = 0xFFF;
    private const int Regular = 0x8000;
    private const long Second = 1_000_000_000;

    /// <summary>A regular file; null when there is none at the path, or it is something else. Links are followed.</summary>
    public static FileStamp? Of(string path) => StatxBuffer.Look(path) is { } found && IsRegular(found) ? Stamp(found) : null;

    /// <summary>A file that is open, whatever its path leads to by now.</summary>
    /// <exception cref="LinuxException">The file system does not tell.</exception>
    public static FileStamp Of(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return StatxBuffer.Look("", StatxBuffer.EmptyPath, (int)file.DangerousGetHandle()) is { } found ? Stamp(found) : throw LinuxException.Last("statx");
    }

    /// <summary>The device of whatever is at a path, as <see cref="Device"/>; null when there is nothing.</summary>
    public static string? DeviceOf(string path) => StatxBuffer.Look(path) is { } found ? Stamp(found).Device : null;

    /// <summary>The mount on which whatever is at a path is, as the first field of a mount table's lines has it; null when that cannot be told. Links are followed.</summary>
    public static int? MountOf(string path) => StatxBuffer.Look(path) is { HasMount: true } found ? (int)found.MountId : null;

    /// <summary>When whatever is at a path was made, in nanoseconds since 1970; null when that cannot be told.</summary>
    public static long? BirthOf(string path) =>
        StatxBuffer.Look(path) is { HasBirth: true } found ? (found.BirthSeconds * Second) + found.BirthNanoseconds : null;

    /// <summary>Whether it is the same file, changed or not.</summary>
    public bool IsSameFile(FileStamp other) => Device == other.Device && Inode == other.Inode;

    private static bool IsRegular(StatxBuffer found) => (found.Mode & StatxBuffer.TypeMask) == Regular;

    private static FileStamp Stamp(StatxBuffer found) => new($"{found.DeviceMajor}:{found.DeviceMinor}", found.Inode, (long)found.Size,
        (found.ModifiedSeconds * Second) + found.ModifiedNanoseconds, (found.ChangedSeconds * Second) + found.ChangedNanoseconds,
        found.Mode & PermissionMask, found.Links, found.Occupied);
}
