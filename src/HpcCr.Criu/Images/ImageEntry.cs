namespace HpcCr.Criu.Images;

/// <summary>One entry of an image.</summary>
/// <param name="Message">Its protobuf message, undecoded.</param>
/// <param name="Payload">The raw bytes that follow it; empty for most types.</param>
public sealed record ImageEntry(ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The same entry with another message.</summary>
    public ImageEntry With(WireMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return this with { Message = message.ToArray() };
    }
}
