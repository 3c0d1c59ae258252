using System.Globalization;
using System.Text;
using HpcCr.Criu.Images.Wire;

namespace HpcCr.Criu.Images;

/// <summary>The files of a dump.</summary>
public static class FilesImage
{
    private const uint RegularFileType = 1;
    private const uint LinkedRemap = 0;
    private const uint GhostRemap = 1;
    private const int TypeField = 1;
    private const int IdField = 2;
    private const int RegularField = 3;
    private const int SizeField = 8; // within the regular file
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

    /// <summary>
    /// The names that files which had lost theirs, but not all, were given for the dump: a restore looks for them there, and removes these names.
    /// </summary>
    /// <param name="folder">The images folder.</param>
    /// <returns>From the name that was lost to the one that was given.</returns>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated.</exception>
    public static IReadOnlyDictionary<string, string> LinkNames(string folder)
    {
        var names = Read(folder).ToDictionary(file => file.Id, file => file.Path);
        return ImageFolder.ReadAll<RemapEntry>(folder, "remap-fpath.img", ImageMagic.RemappedPaths)
            .Where(remap => remap.Kind == LinkedRemap && names.ContainsKey(remap.FileId) && names.ContainsKey(remap.RemapId))
            .GroupBy(remap => names[remap.FileId]).ToDictionary(remaps => remaps.Key, remaps => names[remaps.First().RemapId]);
    }

    /// <summary>The names under which a restore makes deleted files anew, beside where they were; it removes them before it ends, if it can.</summary>
    /// <param name="folder">The images folder.</param>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated.</exception>
    public static IReadOnlyList<string> GhostNames(string folder)
    {
        var names = Read(folder).ToDictionary(file => file.Id, file => file.Path);
        return
        [
            .. ImageFolder.ReadAll<RemapEntry>(folder, "remap-fpath.img", ImageMagic.RemappedPaths)
                .Where(remap => remap.Kind == GhostRemap && names.ContainsKey(remap.FileId))
                .Select(remap => string.Create(CultureInfo.InvariantCulture, $"{names[remap.FileId]}.cr.{remap.RemapId:x}.ghost")),
        ];
    }

    /// <summary>Gives files other lengths: a restore insists on those of the images. All other bytes of files.img stay as they are.</summary>
    /// <param name="folder">The images folder, which belongs to the caller alone; files.img is replaced as a whole.</param>
    /// <param name="sizeOf">From a path to the length, in bytes; null where it stays. Files without a recorded length, or without a name, are left alone.</param>
    /// <returns>How many files were changed; with none the image is not touched.</returns>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated; nothing was changed.</exception>
    public static int Resize(string folder, Func<string, ulong?> sizeOf)
    {
        ArgumentNullException.ThrowIfNull(sizeOf);
        var sizes = Read(folder).Where(file => file is { Size: not null, IsUnlinked: false, IsFolder: false } && sizeOf(file.Path) is { } size && size != file.Size)
            .ToDictionary(file => file.Id, file => sizeOf(file.Path)!.Value);
        if (sizes.Count == 0)
            return 0;
        var path = Path.Combine(folder, "files.img");
        var document = ImageDocument.Read(path, ImageMagic.Files);
        for (var i = 0; i < document.Entries.Count; i++)
        {
            var entry = WireMessage.Parse(document.Entries[i].Message);
            if (entry.GetUInt32(TypeField) != RegularFileType || !sizes.TryGetValue(entry.RequireUInt32(IdField), out var size) || entry.GetMessage(RegularField) is not { } regular)
                continue;
            regular.SetVarint(SizeField, size);
            entry.SetMessage(RegularField, regular);
            document.Entries[i] = document.Entries[i].With(entry);
        }

        document.Replace(path);
        return sizes.Count;
    }

    /// <summary>Lists the paths that unix sockets are bound to: a restore makes these files anew.</summary>
    /// <param name="folder">The images folder.</param>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated.</exception>
    public static IReadOnlyList<string> SocketPaths(string folder) =>
    [
        .. ImageFolder.Read<FileEntry>(Path.Combine(folder, "files.img"), ImageMagic.Files)
            .Select(file => file.Unix).OfType<UnixSocketEntry>().Select(SocketPath).OfType<string>(),
    ];

    // As the kernel reads sun_path: a first byte of zero makes an abstract name, a later one ends a path.
    private static string? SocketPath(UnixSocketEntry socket)
    {
        var name = socket.Name.Span;
        var end = name.IndexOf((byte)0);
        if (name.IsEmpty || end == 0)
            return null;
        var path = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
        return path[0] == '/' ? path : Path.Combine("/", socket.Folder.ToStringUtf8(), path);
    }

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
