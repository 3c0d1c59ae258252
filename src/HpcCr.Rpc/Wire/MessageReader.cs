using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>Takes one message after the other from a body.</summary>
internal sealed class MessageReader<T>(PipeReader pipe, Marshaller<T> marshaller, int maximumBytes)
    where T : class
{
    /// <summary>Waits for the next message.</summary>
    /// <returns>Null at the end of the body.</returns>
    /// <exception cref="RpcException">The bytes are no message, or it is compressed or too long.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken);
            if (result.IsCanceled)
                throw new OperationCanceledException(cancellationToken);
            var buffer = result.Buffer;
            var consumed = buffer.Start;
            try
            {
                if (TryTake(buffer, out var payload))
                {
                    consumed = payload.End;
                    return Parse(payload);
                }
                if (result.IsCompleted)
                    return buffer.IsEmpty ? null : throw Broken("the body ended inside of a message");
            }
            finally
            {
                // After a whole message the rest counts as not looked at, or the next read would wait for still more bytes.
                pipe.AdvanceTo(consumed, consumed.Equals(buffer.Start) ? buffer.End : consumed);
            }
        }
    }

    /// <summary>Waits for the only message and for the end behind it.</summary>
    /// <exception cref="RpcException">There is none, or more than one.</exception>
    public async ValueTask<T> ReadOnlyOneAsync(CancellationToken cancellationToken)
    {
        var message = await ReadAsync(cancellationToken) ?? throw Broken("the body has no message");
        return await ReadAsync(cancellationToken) is null ? message : throw Broken("the body has more than one message");
    }

    private static RpcException Broken(string what, Exception? cause = null) => new(new Status(StatusCode.Internal, what, cause));

    private bool TryTake(ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload)
    {
        payload = default;
        if (buffer.Length < WireNames.FrameHeaderBytes)
            return false;
        Span<byte> header = stackalloc byte[WireNames.FrameHeaderBytes];
        buffer.Slice(0, WireNames.FrameHeaderBytes).CopyTo(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (header[0] == 1)
            throw new RpcException(new Status(StatusCode.Unimplemented, "compressed messages are not supported; send with encoding identity"));
        if (header[0] != 0)
            throw Broken($"a message begins with the flag {header[0]}, which does not exist");
        if (length > maximumBytes)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"a message of {length} bytes exceeds the limit of {maximumBytes}"));
        if (buffer.Length < WireNames.FrameHeaderBytes + length)
            return false;
        payload = buffer.Slice(WireNames.FrameHeaderBytes, length);
        return true;
    }

    private T Parse(ReadOnlySequence<byte> payload)
    {
        try
        {
            return marshaller.ContextualDeserializer(new MessagePayload(payload));
        }
        catch (Exception exception)
        {
            throw Broken($"the bytes are no {typeof(T).Name}", exception);
        }
    }
}
