using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>The requests of a call, as its client writes them.</summary>
internal sealed class ClientStreamWriter<T>(ClientCall call, StreamedContent content, Marshaller<T> marshaller) : IClientStreamWriter<T>
{
    private int _writing;
    private volatile bool _completed;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (_completed)
            throw new InvalidOperationException("the request stream is complete");
        if (Interlocked.Exchange(ref _writing, 1) != 0)
            throw new InvalidOperationException("the write before is not done; one at a time");
        try
        {
            var frame = MessageFrame.Of(marshaller, message);
            using var cancelling = call.CancelWith(cancellationToken);
            await WriteAsync(frame.Bytes);
            frame.Dispose();
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    public Task CompleteAsync()
    {
        _completed = true;
        content.Complete();
        return Task.CompletedTask;
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var stream = await content.Opened;
            await stream.WriteAsync(bytes, call.Cancelled);
            await stream.FlushAsync(call.Cancelled);
        }
        catch (Exception exception)
        {
            // The server's own word on how the call ended comes with the responses; only the reader can find it.
            throw call.Ended ?? new RpcException(new Status(StatusCode.Unavailable, "the server takes no more requests of this call", exception));
        }
    }
}
