namespace Grpc.Core;

/// <summary>A call as its handler sees it.</summary>
public abstract class ServerCallContext
{
    private Dictionary<object, object>? _userState;

    /// <summary>The path of the call, "/service/method".</summary>
    public string Method => MethodCore;

    /// <summary>The authority that the caller named.</summary>
    public string Host => HostCore;

    /// <summary>The other end of the connection, for people.</summary>
    public string Peer => PeerCore;

    /// <summary>When the caller gives up, in UTC; <see cref="DateTime.MaxValue"/> for never.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>The caller's metadata.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Cancelled when the caller cancels or is lost, or the deadline passes.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>Metadata to send after the last message.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>The status to end with when the handler returns.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>Hints for writing.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>What belongs to this call and to nothing else.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>The path of the call.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>The authority that the caller named.</summary>
    protected abstract string HostCore { get; }

    /// <summary>The other end of the connection.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>When the caller gives up.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>The caller's metadata.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>Cancelled when nobody waits any more.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>Metadata to send after the last message.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>The status to end with.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>Hints for writing.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>What belongs to this call.</summary>
    protected virtual IDictionary<object, object> UserStateCore => _userState ??= [];

    /// <summary>Sends metadata ahead of the first message; once at most.</summary>
    /// <param name="responseHeaders">The metadata.</param>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>Sends metadata ahead of the first message.</summary>
    /// <param name="responseHeaders">The metadata.</param>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);
}
