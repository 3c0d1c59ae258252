using Google.Protobuf;

namespace HpcCr.Criu;

/// <summary>
/// Decoding without descriptors: MessageParser asks the descriptors whether required fields are set, which is reflection; the
/// generated merge is not.
/// </summary>
internal static class ProtobufReader
{
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    /// <exception cref="InvalidDataException">The bytes end in the middle of a group.</exception>
    public static void Merge(IMessage message, byte[] bytes)
    {
        using var input = new CodedInputStream(bytes);
        message.MergeFrom(input);
        if (!input.IsAtEnd) throw new InvalidDataException("an end-group tag without a group");
    }
}
