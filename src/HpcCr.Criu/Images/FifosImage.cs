namespace HpcCr.Criu.Images;

/// <summary>The FIFOs of a dump, in files.img.</summary>
public static class FifosImage
{
    private const uint RegularFileType = 1;
    private const uint FifoType = 3;
    private const int TypeField = 1;
    private const int IdField = 2;
    private const int RegularField = 3;
    private const int FifoField = 17;
    private const int DescriptorIdField = 1;
    private const int DescriptorTypeField = 3;
    private const int FlagsField = 2; // within the regular file
    private const int RegularIdField = 1;
    private const int PositionField = 3;
    private const ulong NoPosition = ulong.MaxValue;
    private const int InodeField = 2; // within the FIFO
    private const int PathIdField = 3;
    private const uint NonBlocking = 0x800;
    private const uint AccessMode = 3;

    /// <summary>
    /// Has the engine open reading ends as a program does that is the first to come: without a writer. It opens a FIFO while it has a writer itself,
    /// and a reader whose last writer has left sees the end of the file from then on, instead of no event.
    /// </summary>
    /// <param name="folder">The images folder, which belongs to the caller alone; images are replaced as a whole.</param>
    /// <param name="inodes">The FIFOs that are meant.</param>
    /// <returns>How many ends were changed.</returns>
    /// <exception cref="ImageFormatException">An image is missing, damaged or truncated.</exception>
    public static int OpenWithoutWriter(string folder, IReadOnlySet<uint> inodes)
    {
        ArgumentNullException.ThrowIfNull(inodes);
        if (inodes.Count == 0)
            return 0;
        var path = Path.Combine(folder, "files.img");
        var changed = ImageFault.Named(path, () => ChangeFiles(path, inodes));
        foreach (var descriptors in changed.Count == 0 ? [] : ImageFolder.Paths(folder, "fdinfo-*.img"))
            ImageFault.Named(descriptors, () => ChangeDescriptors(descriptors, changed));
        return changed.Count;
    }

    // As regular files, which the engine just opens. A reader that is to block is opened like this too, and told so later by whoever asked for this.
    private static HashSet<uint> ChangeFiles(string path, IReadOnlySet<uint> inodes)
    {
        var document = ImageDocument.Read(path, ImageMagic.Files);
        var files = document.Entries.Select(entry => WireMessage.Parse(entry.Message)).ToList();
        var paths = files.Where(file => file.GetUInt32(TypeField) == RegularFileType && file.GetMessage(RegularField) is not null)
            .ToDictionary(file => file.RequireUInt32(IdField), file => file.GetMessage(RegularField)!);
        var changed = new HashSet<uint>();
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].GetUInt32(TypeField) != FifoType || files[i].GetMessage(FifoField) is not { } fifo || !inodes.Contains(fifo.RequireUInt32(InodeField))
                || !paths.TryGetValue(fifo.GetUInt32(PathIdField) ?? 0, out var regular) || (regular.RequireUInt32(FlagsField) & AccessMode) != 0)
                continue;
            var id = files[i].RequireUInt32(IdField);
            regular = WireMessage.Parse(regular.ToArray());
            regular.SetVarint(RegularIdField, id);
            regular.SetVarint(PositionField, NoPosition);
            regular.SetVarint(FlagsField, regular.RequireUInt32(FlagsField) | NonBlocking);
            var file = WireMessage.Parse(ReadOnlyMemory<byte>.Empty);
            file.SetVarint(TypeField, RegularFileType);
            file.SetVarint(IdField, id);
            file.SetMessage(RegularField, regular);
            document.Entries[i] = document.Entries[i].With(file);
            changed.Add(id);
        }

        if (changed.Count > 0)
            document.Replace(path);
        return changed;
    }

    private static bool ChangeDescriptors(string path, HashSet<uint> files)
    {
        var document = ImageDocument.Read(path, ImageMagic.Descriptors);
        var isChanged = false;
        for (var i = 0; i < document.Entries.Count; i++)
        {
            var descriptor = WireMessage.Parse(document.Entries[i].Message);
            if (descriptor.GetUInt32(DescriptorTypeField) != FifoType || !files.Contains(descriptor.RequireUInt32(DescriptorIdField)))
                continue;
            descriptor.SetVarint(DescriptorTypeField, RegularFileType);
            document.Entries[i] = document.Entries[i].With(descriptor);
            isChanged = true;
        }

        if (isChanged)
            document.Replace(path);
        return isChanged;
    }
}
