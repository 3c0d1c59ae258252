namespace Grpc.Core;

/// <summary>A call with many requests and many responses.</summary>
/// <typeparam name="TRequest">The message of the caller.</typeparam>
/// <typeparam name="TResponse">The message of the server.</typeparam>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallEnding _ending;

    /// <summary>Puts a call together.</summary>
    /// <param name="requestStream">Where requests are written.</param>
    /// <param name="responseStream">The responses.</param>
    /// <param name="responseHeadersAsync">The server's first metadata.</param>
    /// <param name="getStatusFunc">How the call ended.</param>
    /// <param name="getTrailersFunc">The server's last metadata.</param>
    /// <param name="disposeAction">Cancels the call if it has not ended.</param>
    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        _ending = new CallEnding(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>Where requests are written.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The server's first metadata.</summary>
    public Task<Metadata> ResponseHeadersAsync => _ending.ResponseHeadersAsync;

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Status GetStatus() => _ending.GetStatus();

    /// <summary>The server's last metadata.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => _ending.GetTrailers();

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => _ending.Dispose();
}
