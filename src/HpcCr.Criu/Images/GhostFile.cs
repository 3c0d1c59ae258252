namespace HpcCr.Criu.Images;

/// <summary>A file of a dump that had lost its name; a restore makes it anew, as root.</summary>
/// <param name="Image">The image's file name.</param>
/// <param name="Uid">Who gets it.</param>
/// <param name="Gid">The group that gets it.</param>
/// <param name="Mode">Type and permissions, as in stat(2).</param>
public sealed record GhostFile(string Image, uint Uid, uint Gid, uint Mode)
{
    private const uint TypeMask = 0xF000;
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;

    /// <summary>It is a device.</summary>
    public bool IsDevice => (Mode & TypeMask) is CharacterDevice or BlockDevice;
}
