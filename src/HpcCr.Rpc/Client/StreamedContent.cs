using System.Net;

namespace HpcCr.Rpc;

/// <summary>A request body that stays open while its owner writes into it.</summary>
internal sealed class StreamedContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where to write, once the connection stands.</summary>
    public Task<Stream> Opened => _opened.Task;

    /// <summary>Ends the body in good order.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>Ends the body in the middle.</summary>
    public void Abort()
    {
        _opened.TrySetCanceled();
        _completed.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.FlushAsync(cancellationToken); // sends the headers: the server may have to speak first
        if (!_opened.TrySetResult(stream))
            throw new IOException("the connection was lost; what was streamed cannot be sent again");
        await _completed.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
