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
public readonly record struct FileFacts(
    uint Mode, uint Links, uint Uid, uint Gid, long AllocatedBytes, uint Major, uint Minor, ulong Inode = 0, ulong FileSystem = 0)
{
    /// <summary>It is a character device.</summary>
    public bool IsCharacterDevice => (Mode & StatxBuffer.TypeMask) == 0x2000;

    /// <summary>It is a block device.</summary>
    public bool IsBlockDevice => (Mode & StatxBuffer.TypeMask) == 0x6000;

    /// <summary>It is a regular file.</summary>
    public bool IsRegular => (Mode & StatxBuffer.TypeMask) == 0x8000;

    /// <summary>It is a folder.</summary>
    public bool IsFolder => (Mode & StatxBuffer.TypeMask) == 0x4000;

    /// <summary>It is a pipe.</summary>
    public bool IsPipe => (Mode & StatxBuffer.TypeMask) == 0x1000;

    /// <summary>Looks at a file; links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null when there is none, or it may not be looked at.</returns>
    public static FileFacts? Of(string path) => Look(path, StatxBuffer.AsCached);

    /// <summary>Looks at a file; a link is looked at itself.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null when there is none, or it may not be looked at.</returns>
    public static FileFacts? OfLink(string path) => Look(path, StatxBuffer.AsCached | StatxBuffer.NoFollow);

    private static FileFacts? Look(string path, int flags) => StatxBuffer.Look(path, flags) is { } found
        ? new FileFacts(found.Mode, found.Links, found.Uid, found.Gid, found.Occupied, found.OwnMajor, found.OwnMinor, found.Inode, ((ulong)found.DeviceMajor << 32) | found.DeviceMinor)
        : null;
}
