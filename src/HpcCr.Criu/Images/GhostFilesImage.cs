namespace HpcCr.Criu.Images;

/// <summary>Reads what the ghost files of a dump are: ghost-file-N.img without its contents.</summary>
public static class GhostFilesImage
{
    /// <summary>Lists them.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <exception cref="ImageFormatException">An image is damaged.</exception>
    public static IReadOnlyList<GhostFile> Read(string imagesFolder) =>
        [.. ImageFolder.Paths(imagesFolder, "ghost-file-*.img").Select(path => ImageFault.Named(path, () => Of(path)))];

    private static GhostFile Of(string path)
    {
        using var stream = File.OpenRead(path);
        // What follows the first entry are contents.
        var entry = WireMessage.Parse(ImageFile.ReadEntries(stream, ImageMagic.GhostFile).FirstOrDefault() ?? throw new ImageFormatException("is empty"));
        return new GhostFile(Path.GetFileName(path), entry.RequireUInt32(1), entry.RequireUInt32(2), entry.RequireUInt32(3));
    }
}
