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
