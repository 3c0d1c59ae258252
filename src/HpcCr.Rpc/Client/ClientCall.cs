using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>A call at its client's side: what decides how and when it ends.</summary>
/// <remarks>
/// It ends once: by the server's status, by the deadline, by the caller, or by a fault of the connection, whichever comes first. With
/// that the HTTP/2 stream is given back, which the server sees as a cancellation unless it had ended the stream itself.
/// </remarks>
internal class ClientCall : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancelling;
    private readonly CancellationTokenSource? _deadline;
    private readonly CancellationTokenRegistration _ending;
    private readonly CallOptions _options;
    private StreamedContent? _streamed;
    private HttpResponseMessage? _response;
    private RpcException? _failure;
    private Metadata _trailers = Metadata.Empty;
    private bool _ended;

    protected ClientCall(GrpcChannel channel, CallOptions options)
    {
        Channel = channel;
        _options = options;
        _deadline = CallDeadline.Start(options.Deadline, channel.Options.TimeProvider);
        _cancelling = CancellationTokenSource.CreateLinkedTokenSource(
            options.CancellationToken, channel.Closed, _deadline?.Token ?? CancellationToken.None);
        Cancelled = _cancelling.Token;
        _ending = Cancelled.UnsafeRegister(static call => ((ClientCall)call!).End(new OperationCanceledException()), this);
    }

    /// <summary>Fires when the call has to end before its time.</summary>
    public CancellationToken Cancelled { get; }

    /// <summary>The server's first metadata.</summary>
    public Task<Metadata> Headers => _headers.Task;

    /// <summary>How the call failed, if it has.</summary>
    public RpcException? Ended
    {
        get
        {
            lock (_gate)
                return _failure;
        }
    }

    protected GrpcChannel Channel { get; }

    public Status GetStatus()
    {
        lock (_gate)
            return _ended ? _failure?.Status ?? Status.DefaultSuccess : throw new InvalidOperationException("the call has not ended yet");
    }

    public Metadata GetTrailers()
    {
        lock (_gate)
            return _ended ? _trailers : throw new InvalidOperationException("the call has not ended yet");
    }

    /// <summary>Cancels the call as well when that token fires, until disposed.</summary>
    public CancellationTokenRegistration CancelWith(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static call => ((ClientCall)call!).Dispose(), this);

    /// <summary>Cancels the call if it has not ended.</summary>
    public void Dispose()
    {
        End(new OperationCanceledException());
        GC.SuppressFinalize(this);
    }

    /// <summary>Remembers what to give back at the end.</summary>
    /// <returns>False when the end was there first.</returns>
    protected bool Owns(StreamedContent? streamed = null, HttpResponseMessage? response = null)
    {
        lock (_gate)
        {
            _streamed ??= streamed;
            _response ??= response;
            return !_ended;
        }
    }

    protected void SetHeaders(Metadata headers) => _headers.TrySetResult(headers);

    /// <summary>Ends the call with the server's word.</summary>
    /// <returns>What to throw; null after success.</returns>
    protected RpcException? End(Status status, Metadata trailers) =>
        End(status.StatusCode == StatusCode.OK ? null : new RpcException(status, trailers), trailers);

    /// <summary>Ends the call with a fault.</summary>
    /// <returns>What to throw: how the call had ended before, if it had.</returns>
    protected RpcException? End(Exception fault) =>
        End(fault as RpcException ?? new RpcException(OfFault(fault)), Metadata.Empty);

    private RpcException? End(RpcException? failure, Metadata trailers)
    {
        lock (_gate)
        {
            if (_ended)
                return _failure;
            _ended = true;
            _failure = failure;
            _trailers = failure?.Trailers ?? trailers;
        }
        if (failure is null)
            _headers.TrySetResult(Metadata.Empty);
        else if (_headers.TrySetException(failure))
            _ = _headers.Task.Exception; // seen: most callers never ask for the headers
        _ending.Unregister();
        _deadline?.Dispose();
        _cancelling.Cancel();
        _cancelling.Dispose(); // or it stays registered with the caller's token and the channel
        _streamed?.Abort();
        _response?.Dispose();
        return failure;
    }

    private Status OfFault(Exception fault)
    {
        if (_deadline?.IsCancellationRequested == true || CallDeadline.HasPassed(_options.Deadline, Channel.Options.TimeProvider))
            return new Status(StatusCode.DeadlineExceeded, $"{Channel.Target}: no answer before the deadline", fault);
        if (_options.CancellationToken.IsCancellationRequested)
            return new Status(StatusCode.Cancelled, "the call was cancelled by its caller", fault);
        if (Channel.Closed.IsCancellationRequested)
            return new Status(StatusCode.Cancelled, $"{Channel.Target}: the channel was closed", fault);
        return fault is OperationCanceledException { InnerException: null }
            ? new Status(StatusCode.Cancelled, "the call was disposed of before its end", fault)
            : CallFault.OfException(fault, Channel.Target);
    }
}
