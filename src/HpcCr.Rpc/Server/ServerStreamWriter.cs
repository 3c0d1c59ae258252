using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>The responses of a call, as its handler writes them.</summary>
internal sealed class ServerStreamWriter<T>(ServerCall call, Marshaller<T> marshaller) : IServerStreamWriter<T>
{
    private int _writing;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _writing, 1) != 0)
            throw new InvalidOperationException("the write before is not done; one at a time");
        try
        {
            var frame = MessageFrame.Of(marshaller, message);
            await call.WriteAsync(frame.Bytes, cancellationToken);
            frame.Dispose();
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    /// <summary>The response of a call that has one only; a handler that returned null is a defect.</summary>
    public Task WriteLastAsync(T? message) =>
        message is null ? throw new InvalidOperationException($"the handler of {call.Method} returned null") : WriteAsync(message);
}
