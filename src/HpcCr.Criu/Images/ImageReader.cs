using System.Buffers.Binary;

namespace HpcCr.Criu.Images;

/// <summary>Reads one image forward; what is allocated is never much more than what is really there.</summary>
/// <param name="stream">The image from its beginning; left open.</param>
internal sealed class ImageReader(Stream stream)
{
    private const int FirstChunkBytes = 64 << 10;

    /// <summary>How far it has read, in bytes.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the head.</summary>
    /// <returns>The number before the type's own (null for inventory.img), and that.</returns>
    /// <exception cref="ImageFormatException">It is no image.</exception>
    public (uint? First, uint Magic) ReadHead()
    {
        var first = HeadNumber();
        if (first == ImageMagic.Inventory) return (null, first);
        return first is ImageMagic.Common or ImageMagic.Service
            ? (first, HeadNumber())
            : throw new ImageFormatException($"begins with {first:x8}: not an image of CRIU");
    }

    /// <summary>Reads the head of an image that must be of one type.</summary>
    /// <exception cref="ImageFormatException">It is no image, or of another type.</exception>
    public void ReadHead(uint magic)
    {
        var found = ReadHead().Magic;
        if (found != magic) throw new ImageFormatException($"is an image of type {found:x8}, expected {magic:x8}");
    }

    /// <summary>Reads the next entry; null at the end of the image.</summary>
    /// <exception cref="ImageFormatException">It is truncated, or longer than any entry.</exception>
    public byte[]? NextEntry()
    {
        var position = Position;
        return NextNumber() switch
        {
            null => null,
            > ImageFile.MaximumEntryBytes and var size =>
                throw new ImageFormatException($"claims an entry of {size} bytes at {position}; at most {ImageFile.MaximumEntryBytes} are expected"),
            { } size => ReadBytes((int)size, $"an entry of {size} bytes at {position}"),
        };
    }

    /// <summary>Reads raw bytes.</summary>
    /// <exception cref="ImageFormatException">There are fewer.</exception>
    public byte[] ReadBytes(int count, string what)
    {
        var bytes = new byte[Math.Min(count, FirstChunkBytes)];
        var read = 0;
        while (true)
        {
            var got = stream.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
            read += got;
            Position += got;
            if (read < bytes.Length) throw new ImageFormatException($"ends at {Position}, within {what}");
            if (read == count) return bytes;
            Array.Resize(ref bytes, (int)Math.Min(count, (long)bytes.Length * 2));
        }
    }

    private uint HeadNumber() => NextNumber() ?? throw new ImageFormatException($"ends at {Position}, within its head");

    private uint? NextNumber()
    {
        Span<byte> bytes = stackalloc byte[4];
        var read = stream.ReadAtLeast(bytes, 4, throwOnEndOfStream: false);
        Position += read;
        return read switch
        {
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            0 => null,
            _ => throw new ImageFormatException($"ends at {Position}, within a number"),
        };
    }
}
