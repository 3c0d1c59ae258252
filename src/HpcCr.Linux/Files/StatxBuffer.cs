using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>What statx(2) tells of a file: <c>struct statx</c>, the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal partial struct StatxBuffer
{
    /// <summary>For <see cref="Look"/>: the descriptor itself, not a path.</summary>
    public const int EmptyPath = 0x1000;

    /// <summary>For <see cref="Look"/>: as the kernel knows it, without asking a file server.</summary>
    public const int AsCached = 0x4000;

    /// <summary>For <see cref="Look"/>: a link itself, not what it points to.</summary>
    public const int NoFollow = 0x100;

    /// <summary>The bits of <see cref="Mode"/> that are the type.</summary>
    public const int TypeMask = 0xF000;

    private const int CurrentDirectory = -100;
    private const uint BasicStats = 0x7ff;
    private const int BlockBytes = 512;

    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint Uid;

    [FieldOffset(24)]
    public uint Gid;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    [FieldOffset(96)]
    public long ChangedSeconds;

    [FieldOffset(104)]
    public uint ChangedNanoseconds;

    [FieldOffset(112)]
    public long ModifiedSeconds;

    [FieldOffset(120)]
    public uint ModifiedNanoseconds;

    [FieldOffset(128)]
    public uint OwnMajor;

    [FieldOffset(132)]
    public uint OwnMinor;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    [FieldOffset(48)]
    private readonly ulong _blocks;

    /// <summary>What it takes on the medium, in bytes.</summary>
    public readonly long Occupied => (long)_blocks * BlockBytes;

    /// <summary>Looks; links are followed. Null, with the error number, when it cannot.</summary>
    public static StatxBuffer? Look(string path, int flags = 0, int folder = CurrentDirectory) =>
        Statx(folder, path, flags, BasicStats, out var found) == 0 ? found : null;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out StatxBuffer buffer);
}
