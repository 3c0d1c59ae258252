using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller writes one message.</summary>
public abstract class SerializationContext
{
    /// <summary>Says how long the message will be, so that room is made once.</summary>
    /// <param name="payloadLength">The length in bytes.</param>
    public abstract void SetPayloadLength(int payloadLength);

    /// <summary>Where to write the message; <see cref="Complete()"/> ends it.</summary>
    public abstract IBufferWriter<byte> GetBufferWriter();

    /// <summary>Says that the message is written.</summary>
    public abstract void Complete();

    /// <summary>Gives the whole message at once.</summary>
    /// <param name="payload">The message.</param>
    public abstract void Complete(byte[] payload);
}
