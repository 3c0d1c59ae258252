using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>One message with its frame header, as it goes out; its memory comes from a pool.</summary>
/// <remarks>Disposed only when nobody can still read <see cref="Bytes"/>: a write that failed may, so its frame is left to the collector.</remarks>
internal sealed class MessageFrame : SerializationContext, IBufferWriter<byte>, IDisposable
{
    private const int InitialPayloadBytes = 256;

    private byte[] _buffer = [];
    private int _end = WireNames.FrameHeaderBytes;

    private MessageFrame()
    {
    }

    /// <summary>Header and message.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _end);

    public static MessageFrame Of<T>(Marshaller<T> marshaller, T message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var frame = new MessageFrame();
        marshaller.ContextualSerializer(message, frame);
        if (frame._buffer.Length == 0)
            frame.Grow(0);
        frame._buffer[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(frame._buffer.AsSpan(1), frame._end - WireNames.FrameHeaderBytes);
        return frame;
    }

    public override void SetPayloadLength(int payloadLength) => Grow(payloadLength);

    public override IBufferWriter<byte> GetBufferWriter() => this;

    public override void Complete()
    {
    }

    public override void Complete(byte[] payload)
    {
        Grow(payload.Length);
        payload.CopyTo(_buffer, _end);
        _end += payload.Length;
    }

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - _end < Math.Max(1, sizeHint))
            Grow(Math.Max(InitialPayloadBytes, sizeHint));
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _end = 0;
    }

    private void Grow(int more)
    {
        if (_buffer.Length - _end >= more && _buffer.Length > 0)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_end + more), Math.Min(_buffer.Length, Array.MaxLength / 2) * 2));
        _buffer.AsSpan(0, Math.Min(_end, _buffer.Length)).CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
