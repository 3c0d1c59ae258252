using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>A client's way to one server. Connections are made at the first call and made anew after they are lost.</summary>
/// <remarks>A lost connection ends its calls with <see cref="StatusCode.Unavailable"/>; whether to call again is the caller's decision.</remarks>
public sealed class GrpcChannel : ChannelBase, IDisposable, IAsyncDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private int _disposed;

    private GrpcChannel(string target, Uri address, SocketsHttpHandler handler, GrpcChannelOptions options)
        : base(target)
    {
        Address = address;
        Options = options;
        _invoker = new HttpMessageInvoker(handler);
        _closed = _closing.Token;
    }

    /// <summary>The limits.</summary>
    public GrpcChannelOptions Options { get; }

    internal Uri Address { get; }

    internal HttpMessageInvoker Invoker => _invoker;

    /// <summary>Cancelled when the channel is disposed.</summary>
    internal CancellationToken Closed => _closed;

    /// <summary>A channel to a server on this node. The kernel tells the server who we are.</summary>
    /// <param name="path">The server's unix socket.</param>
    /// <param name="options">The limits.</param>
    public static GrpcChannel ForUnixSocket(string path, GrpcChannelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new GrpcChannelOptions();
        return new GrpcChannel($"unix:{path}", new Uri("http://localhost/"), ClientTransport.Unix(path, options), options);
    }

    /// <summary>A channel over TLS to a server that has the same cluster key, which both sides prove to each other.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="clusterKey">The key; must outlive the channel.</param>
    /// <param name="options">The limits.</param>
    public static GrpcChannel ForTcp(string host, int port, ClusterKey clusterKey, GrpcChannelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(clusterKey);
        options ??= new GrpcChannelOptions();
        var address = new UriBuilder(Uri.UriSchemeHttps, host, port).Uri;
        return new GrpcChannel($"{host}:{port}", address, ClientTransport.Tls(clusterKey, options), options);
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker() => new ChannelCallInvoker(this);

    /// <summary>Cancels all calls and closes the connections.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _closing.Cancel();
        _closing.Dispose();
        _invoker.Dispose();
    }

    /// <summary>Cancels all calls and closes the connections.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task ShutdownAsyncCore()
    {
        Dispose();
        return Task.CompletedTask;
    }
}
