namespace HpcCr.Criu.Images;

/// <summary>An image: `magic, magic of the type, (size, entry)*`, all numbers 32 bits little-endian, entries protobuf.</summary>
/// <remarks>
/// Some images carry raw bytes after an entry (tcp-stream, pipes-data, sk-queues, ghost-file, memory of SysV IPC); what follows such an
/// entry is not an entry, and reading on fails or yields nonsense: <see cref="ImageDocument"/> knows them. pages-N.img is raw altogether.
/// </remarks>
public static class ImageFile
{
    /// <summary>The longest entry accepted, in bytes; the mm entry of a task with a million mappings has some 60 MB.</summary>
    public const int MaximumEntryBytes = 128 << 20;

    /// <summary>Reads the entries one by one.</summary>
    /// <param name="stream">The image from its beginning; read forward only, left open.</param>
    /// <param name="magic">The type's number, one of <see cref="ImageMagic"/>.</param>
    /// <returns>The entries, undecoded.</returns>
    /// <exception cref="ImageFormatException">While iterating: the image is damaged, truncated or of another type.</exception>
    public static IEnumerable<byte[]> ReadEntries(Stream stream, uint magic)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Entries();

        IEnumerable<byte[]> Entries()
        {
            var reader = new ImageReader(stream);
            reader.ReadHead(magic);
            while (reader.NextEntry() is { } entry) yield return entry;
        }
    }
}
