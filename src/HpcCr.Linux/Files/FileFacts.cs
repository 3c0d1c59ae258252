using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>What a file is, looked at without opening it and without asking a file server anew (statx(2)).</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Links">How many names it has; 0 for one that was deleted.</param>
/// <param name="Uid">Its owner.</param>
/// <param name="Gid">Its group.</param>
/// <param name="AllocatedBytes">The space that it takes: holes do not count.</param>
/// <param name="Major">Of the device that it stands for; 0 for what is none.</param>
/// <param name="Minor">Likewise.</param>
/// <param name="Inode">Its number in its file system.</param>
/// <param name="FileSystem">The number of its file system.</param>
public readonly unsafe partial record struct FileFacts(
    uint Mode, uint Links, uint Uid, uint Gid, long AllocatedBytes, uint Major, uint Minor, ulong Inode = 0, ulong FileSystem = 0)
{
    private const int CurrentDirectory = -100;
    private const int AsCached = 0x4000;
    private const uint BasicStats = 0x7ff;
    private const int StatxBytes = 256;
    private const uint TypeMask = 0xF000;

    /// <summary>It is a character device.</summary>
    public bool IsCharacterDevice => (Mode & TypeMask) == 0x2000;

    /// <summary>It is a block device.</summary>
    public bool IsBlockDevice => (Mode & TypeMask) == 0x6000;

    /// <summary>It is a regular file.</summary>
    public bool IsRegular => (Mode & TypeMask) == 0x8000;

    /// <summary>It is a folder.</summary>
    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    /// <summary>It is a pipe.</summary>
    public bool IsPipe => (Mode & TypeMask) == 0x1000;

    /// <summary>Looks at a file; links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null when there is none, or it may not be looked at.</returns>
    public static FileFacts? Of(string path)
    {
        var buffer = stackalloc byte[StatxBytes];
        if (Statx(CurrentDirectory, path, AsCached, BasicStats, buffer) != 0)
            return null;
        // mask, block size, attributes (64), links, uid, gid, mode (16), ino (64), size, blocks of 512 bytes; at 128 the two device numbers.
        return new FileFacts(*(ushort*)(buffer + 28), *(uint*)(buffer + 16), *(uint*)(buffer + 20), *(uint*)(buffer + 24), *(long*)(buffer + 48) * 512,
            *(uint*)(buffer + 128), *(uint*)(buffer + 132), *(ulong*)(buffer + 32), *(ulong*)(buffer + 136));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
