using HpcCr.Criu.Images.Wire;

namespace HpcCr.Criu.Images;

/// <summary>The files of a dump.</summary>
public static class FilesImage
{
    private const uint RegularFileType = 1;
    private const uint MappedFile = (1 << 6) | (1 << 7);

    /// <summary>Lists the files and folders with a path; sockets, pipes and the like are left out.</summary>
    /// <param name="folder">The images folder.</param>
    /// <returns>One entry per id, in the order of files.img.</returns>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated.</exception>
    public static IReadOnlyList<RegularFile> Read(string folder)
    {
        var files = ImageFolder.Read<FileEntry>(Path.Combine(folder, "files.img"), ImageMagic.Files);
        var uses = ReadUses(folder);
        var unlinked = ImageFolder.ReadAll<RemapEntry>(folder, "remap-fpath.img", ImageMagic.RemappedPaths)
            .Select(remap => remap.FileId)
            .ToHashSet();
        return
        [
            .. files
                .Where(file => file.Type == RegularFileType && file.Regular is not null)
                .Select(file => Translate(file, uses.GetValueOrDefault(file.Id), unlinked.Contains(file.Id))),
        ];
    }

    /// <summary>Lists the paths that unix sockets are bound to: a restore makes these files anew.</summary>
    /// <param name="folder">The images folder.</param>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated.</exception>
    public static IReadOnlyList<string> SocketPaths(string folder) =>
    [
        .. ImageFolder.Read<FileEntry>(Path.Combine(folder, "files.img"), ImageMagic.Files)
            .Select(file => file.Unix?.Name.ToStringUtf8()).OfType<string>().Where(name => name.Length > 0 && name[0] != '\0'),
    ];

    private static RegularFile Translate(FileEntry file, FileUses uses, bool unlinked)
    {
        var regular = file.Regular;
        return new RegularFile(
            file.Id,
            regular.Name.ToStringUtf8(),
            regular.Flags,
            regular.Position,
            regular.HasSize ? regular.Size : null,
            regular.HasMode ? regular.Mode : null,
            uses,
            unlinked);
    }

    private static Dictionary<uint, FileUses> ReadUses(string folder)
    {
        var uses = new Dictionary<uint, FileUses>();
        foreach (var entry in ImageFolder.ReadAll<DescriptorEntry>(folder, "fdinfo-*.img", ImageMagic.Descriptors))
        {
            if (entry.Type == RegularFileType) Add(entry.Id, FileUses.Descriptor);
        }

        foreach (var entry in ImageFolder.ReadAll<MemoryEntry>(folder, "mm-*.img", ImageMagic.Memory))
        {
            Add(entry.ExecutableId, FileUses.Executable);
            foreach (var mapping in entry.Mappings)
            {
                if ((mapping.Status & MappedFile) != 0) Add((uint)mapping.FileId, FileUses.Mapping);
            }
        }

        foreach (var entry in ImageFolder.ReadAll<FolderEntry>(folder, "fs-*.img", ImageMagic.Folders))
        {
            Add(entry.WorkingFolderId, FileUses.WorkingFolder);
            Add(entry.RootFolderId, FileUses.RootFolder);
        }

        return uses;

        void Add(uint id, FileUses use) => uses[id] = uses.GetValueOrDefault(id) | use;
    }
}
