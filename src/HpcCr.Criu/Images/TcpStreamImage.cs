using System.Globalization;

namespace HpcCr.Criu.Images;

/// <summary>The TCP connections of a dump: tcp-stream-INODE.img, the inode in hexadecimal digits.</summary>
public static class TcpStreamImage
{
    private const string Prefix = "tcp-stream-";

    /// <summary>Reads all of them; the queues' bytes are counted, not read.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <returns>By the socket's inode.</returns>
    /// <exception cref="ImageFormatException">An image is damaged, or holds fewer or more bytes than its queues have.</exception>
    public static IReadOnlyDictionary<uint, TcpStreamEntry> ReadAll(string imagesFolder) =>
        ImageFolder.Paths(imagesFolder, Prefix + "*.img").Select(Read).ToDictionary(stream => stream.Inode);

    /// <summary>Reads one connection with the bytes in its queues.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <param name="inode">The socket's inode at the dump.</param>
    /// <exception cref="ImageFormatException">The image is missing, damaged or truncated.</exception>
    public static TcpStreamContents ReadQueues(string imagesFolder, uint inode) => Contents(PathOf(imagesFolder, inode), inode).Contents;

    /// <summary>Changes one connection: its numbers, and the bytes in its queues. Options that no number tells (TCP_NODELAY, TCP_CORK) stay.</summary>
    /// <param name="imagesFolder">The images folder, which belongs to the caller alone; the image is replaced as a whole.</param>
    /// <param name="inode">The socket's inode at the dump.</param>
    /// <param name="change">From what it is to what it shall be. The lengths follow from the queues.</param>
    /// <exception cref="ImageFormatException">The image is missing, damaged or truncated; nothing was changed.</exception>
    public static void Rewrite(string imagesFolder, uint inode, Func<TcpStreamContents, TcpStreamContents> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var path = PathOf(imagesFolder, inode);
        var (document, message, before) = Contents(path, inode);
        var after = change(before);
        Write(message, after);
        document.Entries[0] = new ImageEntry(message.ToArray(), (byte[])[.. after.Received.Span, .. after.Sent.Span]);
        document.Replace(path);
    }

    private static string PathOf(string imagesFolder, uint inode) => Path.Combine(imagesFolder, $"{Prefix}{inode:x}.img");

    private static (ImageDocument Document, WireMessage Message, TcpStreamContents Contents) Contents(string path, uint inode)
    {
        var document = ImageDocument.Read(path, ImageMagic.TcpStream);
        if (document.Entries is not [var entry])
            throw new ImageFormatException($"{path}: has {document.Entries.Count} entries instead of one");
        return ImageFault.Named(path, () =>
        {
            var message = WireMessage.Parse(entry.Message);
            var numbers = Translate(inode, message);
            var received = (int)numbers.ReceiveLength;
            return (document, message, new TcpStreamContents(numbers, entry.Payload[..received], entry.Payload[received..]));
        });
    }

    private static void Write(WireMessage entry, TcpStreamContents contents)
    {
        var stream = contents.Numbers;
        (int Field, uint? Value)[] numbers =
        [
            (1, (uint)contents.Received.Length), (2, stream.ReceiveSequence), (3, (uint)contents.Sent.Length), (4, stream.SendSequence),
            (5, stream.OptionMask), (6, stream.SendWindowScale), (7, stream.MaximumSegment), (8, stream.ReceiveWindowScale), (9, stream.Timestamp),
            (12, stream.UnsentLength), (13, stream.SendWindowUpdate), (14, stream.SendWindow), (15, stream.MaximumWindow), (16, stream.ReceiveWindow),
            (17, stream.ReceiveWindowUpdate),
        ];
        foreach (var (field, value) in numbers)
            if (value is { } number)
                entry.SetVarint(field, number);
    }

    private static TcpStreamEntry Read(string path) => ImageFault.Named(path, () =>
    {
        var digits = Path.GetFileNameWithoutExtension(path.AsSpan())[Prefix.Length..];
        if (!uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var inode) || !digits.SequenceEqual($"{inode:x}"))
            throw new ImageFormatException("its name is not that of a socket");
        using var file = File.OpenRead(path);
        var reader = new ImageReader(file);
        reader.ReadHead(ImageMagic.TcpStream);
        var entry = reader.NextEntry() ?? throw new ImageFormatException("has no entry");
        var stream = Translate(inode, WireMessage.Parse(entry));
        var payload = file.Length - reader.Position;
        var expected = (long)stream.ReceiveLength + stream.SendLength;
        return payload == expected ? stream : throw new ImageFormatException($"holds {payload} bytes of its queues, which have {expected}");
    });

    private static TcpStreamEntry Translate(uint inode, WireMessage entry) => new()
    {
        Inode = inode,
        ReceiveLength = entry.RequireUInt32(1),
        ReceiveSequence = entry.RequireUInt32(2),
        SendLength = entry.RequireUInt32(3),
        SendSequence = entry.RequireUInt32(4),
        OptionMask = entry.RequireUInt32(5),
        SendWindowScale = entry.RequireUInt32(6),
        MaximumSegment = entry.RequireUInt32(7),
        ReceiveWindowScale = entry.GetUInt32(8),
        Timestamp = entry.GetUInt32(9),
        UnsentLength = entry.GetUInt32(12) ?? 0,
        SendWindowUpdate = entry.GetUInt32(13),
        SendWindow = entry.GetUInt32(14),
        MaximumWindow = entry.GetUInt32(15),
        ReceiveWindow = entry.GetUInt32(16),
        ReceiveWindowUpdate = entry.GetUInt32(17),
    };
}
