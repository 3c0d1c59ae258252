using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A call with many requests and one response; awaiting it gives the response.</summary>
/// <typeparam name="TRequest">The message of the caller.</typeparam>
/// <typeparam name="TResponse">The message of the server.</typeparam>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallEnding _ending;

    /// <summary>Puts a call together.</summary>
    /// <param name="requestStream">Where requests are written.</param>
    /// <param name="responseAsync">The response.</param>
    /// <param name="responseHeadersAsync">The server's first metadata.</param>
    /// <param name="getStatusFunc">How the call ended.</param>
    /// <param name="getTrailersFunc">The server's last metadata.</param>
    /// <param name="disposeAction">Cancels the call if it has not ended.</param>
    public AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        Task<TResponse> responseAsync,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction)
    {
        RequestStream = requestStream;
        ResponseAsync = responseAsync;
        _ending = new CallEnding(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>Where requests are written.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The response; fails with <see cref="RpcException"/>.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The server's first metadata.</summary>
    public Task<Metadata> ResponseHeadersAsync => _ending.ResponseHeadersAsync;

    /// <summary>Awaits the response.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Awaits the response.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on in the caller's context.</param>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Status GetStatus() => _ending.GetStatus();

    /// <summary>The server's last metadata.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public Metadata GetTrailers() => _ending.GetTrailers();

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose() => _ending.Dispose();
}
