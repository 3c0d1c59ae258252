using System.Buffers.Binary;

namespace HpcCr.Criu.Images;

/// <summary>An image: `magic, magic of the type, (size, entry)*`, all numbers 32 bits little-endian, entries protobuf.</summary>
/// <remarks>
/// Some images carry raw bytes after an entry (tcp-stream, pipes-data, sk-queues, ghost-file, memory of SysV IPC); what follows such an
/// entry is not an entry, and reading on fails or yields nonsense. pages-N.img is raw altogether.
/// </remarks>
public static class ImageFile
{
    /// <summary>The longest entry accepted, in bytes; the mm entry of a task with a million mappings has some 60 MB.</summary>
    public const int MaximumEntryBytes = 128 << 20;

    // What is allocated before the bytes have been seen to be there.
    private const int FirstChunkBytes = 64 << 10;

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
            var position = ReadHead(stream, magic);
            while (ReadSize(stream, position) is { } size)
            {
                var entry = ReadEntry(stream, size, position);
                yield return entry;
                position += 4 + size;
            }
        }
    }

    private static long ReadHead(Stream stream, uint magic)
    {
        var first = ReadNumber(stream, 0);
        if (magic == ImageMagic.Inventory && first == magic) return 4;
        if (first is not (ImageMagic.Common or ImageMagic.Service))
            throw new ImageFormatException($"begins with {first:x8}: not an image of CRIU");
        var second = ReadNumber(stream, 4);
        return second == magic
            ? 8
            : throw new ImageFormatException($"is an image of type {second:x8}, expected {magic:x8}");
    }

    private static uint ReadNumber(Stream stream, long position) =>
        ReadSizeBytes(stream, position) ?? throw new ImageFormatException($"ends at {position}, within its head");

    private static int? ReadSize(Stream stream, long position)
    {
        var size = ReadSizeBytes(stream, position);
        if (size is > MaximumEntryBytes)
            throw new ImageFormatException($"claims an entry of {size} bytes at {position}; at most {MaximumEntryBytes} are expected");
        return (int?)size;
    }

    private static uint? ReadSizeBytes(Stream stream, long position)
    {
        Span<byte> bytes = stackalloc byte[4];
        var read = stream.ReadAtLeast(bytes, 4, throwOnEndOfStream: false);
        return read switch
        {
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            0 => null,
            _ => throw new ImageFormatException($"ends at {position + read}, within a number"),
        };
    }

    // Grows with what is really there: a damaged size in a short file costs no memory.
    private static byte[] ReadEntry(Stream stream, int size, long position)
    {
        var entry = new byte[Math.Min(size, FirstChunkBytes)];
        var read = 0;
        while (true)
        {
            read += stream.ReadAtLeast(entry.AsSpan(read), entry.Length - read, throwOnEndOfStream: false);
            if (read < entry.Length)
                throw new ImageFormatException($"ends at {position + 4 + read}, within an entry of {size} bytes at {position}");
            if (read == size) return entry;
            Array.Resize(ref entry, (int)Math.Min(size, (long)entry.Length * 2));
        }
    }
}
