using System.Net;
using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>A request body of one message. Its memory is left to the collector: a connection may still read it after the call ended.</summary>
internal sealed class OneMessageContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private OneMessageContent(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public static OneMessageContent Of<T>(Marshaller<T> marshaller, T message) =>
        new(MessageFrame.Of(marshaller, message).Bytes);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(_bytes, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false; // framed by the stream's end, as other gRPC clients do
    }
}
