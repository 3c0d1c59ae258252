using System.Runtime.InteropServices;
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
public readonly partial record struct FileStamp(string Device, ulong Inode, long Size, long ModifiedNs, long ChangedNs, int Mode, uint Links, long Occupied)
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int TypeMask = 0xF000;
    private const int PermissionMask = 0xFFF;
    private const int Regular = 0x8000;
    private const long Second = 1_000_000_000;
    private const int BlockBytes = 512;

    /// <summary>A regular file; null when there is none at the path, or it is something else. Links are followed.</summary>
    public static FileStamp? Of(string path) => Look(CurrentDirectory, path, 0) is { } found && IsRegular(found) ? Stamp(found) : null;

    /// <summary>A file that is open, whatever its path leads to by now.</summary>
    /// <exception cref="LinuxException">The file system does not tell.</exception>
    public static FileStamp Of(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Look((int)file.DangerousGetHandle(), "", EmptyPath) is { } found ? Stamp(found) : throw LinuxException.Last("statx");
    }

    /// <summary>The device of whatever is at a path, as <see cref="Device"/>; null when there is nothing.</summary>
    public static string? DeviceOf(string path) => Look(CurrentDirectory, path, 0) is { } found ? Stamp(found).Device : null;

    /// <summary>Whether it is the same file, changed or not.</summary>
    public bool IsSameFile(FileStamp other) => Device == other.Device && Inode == other.Inode;

    private static StatxBuffer? Look(int folder, string path, int flags) => Statx(folder, path, flags, BasicStats, out var found) == 0 ? found : null;

    private static bool IsRegular(StatxBuffer found) => (found.Mode & TypeMask) == Regular;

    private static FileStamp Stamp(StatxBuffer found) => new($"{found.DeviceMajor}:{found.DeviceMinor}", found.Inode, (long)found.Size,
        (found.ModifiedSeconds * Second) + found.ModifiedNanoseconds, (found.ChangedSeconds * Second) + found.ChangedNanoseconds,
        found.Mode & PermissionMask, found.Links, (long)found.Blocks * BlockBytes);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out StatxBuffer buffer);

    // struct statx, the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(48)]
        public ulong Blocks;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
