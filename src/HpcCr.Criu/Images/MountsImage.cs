namespace HpcCr.Criu.Images;

/// <summary>The mounts of a dump: mountpoints-N.img, one per mount namespace.</summary>
public static class MountsImage
{
    private const string Pattern = "mountpoints-*.img";

    /// <summary>Lists them.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <returns>The mounts of all namespaces; none when the tree had no mount namespace of its own.</returns>
    /// <exception cref="ImageFormatException">An image is damaged or truncated.</exception>
    public static IReadOnlyList<MountEntry> Read(string imagesFolder) =>
        [.. ImageFolder.Paths(imagesFolder, Pattern).SelectMany(path => Mounts(path, ImageDocument.Read(path, ImageMagic.Mounts)))];

    /// <summary>Takes mounts out of the images; all other bytes stay as they are.</summary>
    /// <param name="imagesFolder">The images folder, which belongs to the caller alone; images are replaced as a whole.</param>
    /// <param name="remove">True for a mount that shall go. What is mounted on it must go too, or the engine refuses the images.</param>
    /// <returns>How many were taken out; images that lose none are not touched.</returns>
    /// <exception cref="ImageFormatException">An image is damaged or truncated.</exception>
    public static int RemoveWhere(string imagesFolder, Predicate<MountEntry> remove)
    {
        ArgumentNullException.ThrowIfNull(remove);
        var removed = 0;
        foreach (var path in ImageFolder.Paths(imagesFolder, Pattern))
        {
            var document = ImageDocument.Read(path, ImageMagic.Mounts);
            var mounts = Mounts(path, document);
            var before = removed;
            for (var i = mounts.Count - 1; i >= 0; i--)
            {
                if (!remove(mounts[i])) continue;
                document.Entries.RemoveAt(i);
                removed++;
            }

            if (removed > before) document.Replace(path);
        }

        return removed;
    }

    private static List<MountEntry> Mounts(string path, ImageDocument document) =>
        ImageFault.Named<List<MountEntry>>(path, () => [.. document.Entries.Select(entry => Translate(WireMessage.Parse(entry.Message)))]);

    private static MountEntry Translate(WireMessage entry) => new()
    {
        FileSystem = entry.RequireUInt32(1),
        MountId = entry.RequireUInt32(2),
        RootDevice = entry.RequireUInt32(3),
        ParentId = entry.RequireUInt32(4),
        Flags = entry.RequireUInt32(5),
        Root = entry.GetText(6) ?? "",
        MountPoint = entry.GetText(7) ?? "",
        Source = entry.GetText(8) ?? "",
        Options = entry.GetText(9) ?? "",
        SharedId = entry.GetUInt32(10),
        MasterId = entry.GetUInt32(11),
        FileSystemName = entry.GetText(14),
        IsDeleted = entry.GetFlag(16),
        ExternalKey = entry.GetText(18),
    };
}
