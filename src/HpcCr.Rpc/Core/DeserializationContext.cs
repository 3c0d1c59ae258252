using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller reads one message from.</summary>
public abstract class DeserializationContext
{
    /// <summary>The length of the message, in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>A copy of the message.</summary>
    public abstract byte[] PayloadAsNewBuffer();

    /// <summary>The message in place; valid until the marshaller returns.</summary>
    public abstract ReadOnlySequence<byte> PayloadAsReadOnlySequence();
}
