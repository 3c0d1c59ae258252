using System.Buffers.Binary;

namespace HpcCr.Criu.Images;

/// <summary>
/// One image in memory: its head and its entries, to be changed and written to another file. What is not changed is written as it was
/// read, byte for byte.
/// </summary>
/// <remarks>Not for pages-N.img, which has no head, nor for images with SysV IPC, ghost files or BPF maps: nobody changes them.</remarks>
public sealed class ImageDocument
{
    private readonly uint? _first;

    private ImageDocument(uint? first, uint magic, List<ImageEntry> entries)
    {
        _first = first;
        Magic = magic;
        Entries = entries;
    }

    /// <summary>The type's number, one of <see cref="ImageMagic"/> or another of CRIU's.</summary>
    public uint Magic { get; }

    /// <summary>The entries; entries may be replaced, added and removed.</summary>
    public IList<ImageEntry> Entries { get; }

    /// <summary>An image without entries.</summary>
    public static ImageDocument Empty(uint magic) => new(ImageMagic.Common, magic, []);

    /// <summary>Reads an image of one type.</summary>
    /// <exception cref="ImageFormatException">It is missing, damaged, truncated or of another type; the message names it.</exception>
    public static ImageDocument Read(string path, uint magic)
    {
        var document = Read(path);
        return document.Magic == magic
            ? document
            : throw new ImageFormatException($"{path}: is an image of type {document.Magic:x8}, expected {magic:x8}");
    }

    /// <summary>Reads an image of any type that is taken apart.</summary>
    /// <exception cref="ImageFormatException">It is missing, damaged or truncated; the message names it.</exception>
    public static ImageDocument Read(string path) => ImageFault.Named(path, () =>
    {
        using var stream = File.OpenRead(path);
        return Read(stream);
    });

    /// <summary>Reads an image of any type that is taken apart.</summary>
    /// <param name="stream">The image from its beginning; read forward only, left open.</param>
    /// <exception cref="ImageFormatException">It is damaged or truncated.</exception>
    public static ImageDocument Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var reader = new ImageReader(stream);
        var (first, magic) = reader.ReadHead();
        var entries = new List<ImageEntry>();
        while (reader.NextEntry() is { } entry) entries.Add(new ImageEntry(entry, ImagePayload.Read(magic, entry, reader)));
        return new ImageDocument(first, magic, entries);
    }

    /// <summary>Writes the image.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (_first is { } first) WriteNumber(stream, first);
        WriteNumber(stream, Magic);
        foreach (var entry in Entries)
        {
            WriteNumber(stream, (uint)entry.Message.Length);
            stream.Write(entry.Message.Span);
            stream.Write(entry.Payload.Span);
        }
    }

    /// <summary>Writes the image to a new file, with mode 0600.</summary>
    /// <exception cref="IOException">The file exists, or cannot be written.</exception>
    public void Write(string path)
    {
        using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        Write(stream);
    }

    /// <summary>Writes the image to a new file and puts that in the place of an old one, which is whole at every instant.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is unchanged.</exception>
    public void Replace(string path)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        Write(fresh);
        File.Move(fresh, path, overwrite: true);
    }

    private static void WriteNumber(Stream stream, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        stream.Write(bytes);
    }
}
