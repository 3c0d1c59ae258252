namespace HpcCr.Criu.Images;

/// <summary>The numbers at the head of an image, little-endian.</summary>
public static class ImageMagic
{
    /// <summary>First of nearly every image; the type's own number follows.</summary>
    public const uint Common = 0x54564319;

    /// <summary>First of statistics and caches; the type's own number follows.</summary>
    public const uint Service = 0x55105940;

    /// <summary>inventory.img, which alone carries only its own number.</summary>
    public const uint Inventory = 0x58313116;

    /// <summary>files.img.</summary>
    public const uint Files = 0x56303138;

    /// <summary>fdinfo-N.img.</summary>
    public const uint Descriptors = 0x56213732;

    /// <summary>mm-PID.img.</summary>
    public const uint Memory = 0x57492820;

    /// <summary>fs-PID.img.</summary>
    public const uint Folders = 0x51403912;

    /// <summary>remap-fpath.img.</summary>
    public const uint RemappedPaths = 0x59133954;

    /// <summary>tty-info.img.</summary>
    public const uint Terminals = 0x59453036;

    /// <summary>pagemap-N.img and pagemap-shmem-N.img.</summary>
    public const uint PageMap = 0x56084025;
}
