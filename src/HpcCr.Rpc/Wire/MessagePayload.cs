using System.Buffers;
using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>One message as it came in, in the memory of the pipe.</summary>
internal sealed class MessagePayload(ReadOnlySequence<byte> bytes) : DeserializationContext
{
    public override int PayloadLength => (int)bytes.Length;

    public override byte[] PayloadAsNewBuffer() => bytes.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => bytes;
}
