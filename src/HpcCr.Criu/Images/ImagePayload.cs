namespace HpcCr.Criu.Images;

/// <summary>How many raw bytes follow an entry, by the type of the image.</summary>
internal static class ImagePayload
{
    /// <summary>The most that is read into memory.</summary>
    public const int MaximumBytes = 1 << 30;

    /// <summary>Reads what follows the entry.</summary>
    /// <exception cref="ImageFormatException">It is shorter than the entry says, or of a type that only CRIU takes apart.</exception>
    public static byte[] Read(uint magic, byte[] entry, ImageReader reader)
    {
        var length = LengthOf(magic, entry);
        return length <= MaximumBytes
            ? reader.ReadBytes((int)length, $"the {length} bytes that belong to an entry")
            : throw new ImageFormatException($"claims {length} bytes after an entry at {reader.Position}; at most {MaximumBytes} are expected");
    }

    private static long LengthOf(uint magic, byte[] entry)
    {
        switch (magic)
        {
            case ImageMagic.TcpStream:
                var stream = WireMessage.Parse(entry);
                return (long)stream.RequireUInt32(1) + stream.RequireUInt32(3);
            case ImageMagic.PipesData or ImageMagic.FifoData or ImageMagic.SocketQueues:
                return WireMessage.Parse(entry).RequireUInt32(2);
            case ImageMagic.GhostFile or ImageMagic.SysVMemory or ImageMagic.SysVMessages or ImageMagic.SysVSemaphores or ImageMagic.BpfMapData:
                throw new ImageFormatException($"is an image of type {magic:x8}, which is not taken apart");
            default:
                return 0;
        }
    }
}
