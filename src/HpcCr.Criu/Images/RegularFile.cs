namespace HpcCr.Criu.Images;

/// <summary>A file or folder with a path that a dump refers to.</summary>
/// <param name="Id">Its number within the dump; the same file opened twice has two.</param>
/// <param name="Path">Its path in the sandbox's mount namespace; of a file without a name, the name it had.</param>
/// <param name="Flags">The flags it was opened with, as in open(2).</param>
/// <param name="Position">The read and write position, in bytes.</param>
/// <param name="Size">
/// Its length at the dump, in bytes; restore insists on it. Null: not recorded, as for folders and devices, and for files opened with
/// O_WRONLY and O_APPEND (logs), which restore takes at any length.
/// </param>
/// <param name="Mode">Type and permissions, as in stat(2); null: not recorded.</param>
/// <param name="Uses">What it is used for.</param>
/// <param name="IsUnlinked">It had lost this name; its content is in the images, or a temporary link was made.</param>
public sealed record RegularFile(
    uint Id, string Path, uint Flags, ulong Position, ulong? Size, uint? Mode, FileUses Uses, bool IsUnlinked)
{
    /// <summary>The mount that it is on, as <see cref="MountEntry.MountId"/>; null: not recorded.</summary>
    public uint? MountId { get; init; }

    private const uint AccessMode = 3;
    private const uint TypeMask = 0xF000;
    private const uint FolderType = 0x4000;

    /// <summary>No task has it open; it is only mapped, run, or a folder of a task.</summary>
    public bool IsMappedOnly => (Uses & FileUses.Descriptor) == 0;

    /// <summary>It was opened for writing.</summary>
    public bool IsWritable => (Flags & AccessMode) != 0;

    /// <summary>It is a folder.</summary>
    public bool IsFolder => (Mode & TypeMask) == FolderType;
}
