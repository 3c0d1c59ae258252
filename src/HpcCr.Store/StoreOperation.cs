namespace HpcCr.Store;

/// <summary>What a disk may refuse, or take its time for.</summary>
public enum StoreOperation
{
    /// <summary>A piece of an image is read.</summary>
    Read,

    /// <summary>A piece of an image is written.</summary>
    Write,

    /// <summary>A file or a folder is made durable.</summary>
    Fsync,

    /// <summary>An epoch gets its name.</summary>
    Rename,
}
