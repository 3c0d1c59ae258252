using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HpcCr.Rpc;

/// <summary>Where a server listens. There is no way to listen for callers who do not say who they are.</summary>
public static class ServerTransport
{
    private const int MaximumStreamsPerConnection = 1000;
    private const int ConnectionWindowBytes = 256 << 10;
    private const int StreamWindowBytes = 128 << 10;
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection without calls is kept, and a stranger that says nothing sensible.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(30);


    /// <summary>Listens on a unix socket; handlers learn who called by <see cref="ServerCallContextExtensions.GetPeerCredentials"/>.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="path">The socket. A stale file of a dead server is replaced; starting fails if somebody answers there.</param>
    /// <param name="mode">Who may connect (write permission); set before the first connection can be made.</param>
    /// <param name="keepAlive">When to ping clients.</param>
    /// <param name="admit">Says whether a caller may have one more connection: null closes it at once; what it returns is disposed of at the connection's end.</param>
    public static void ListenUnix(this KestrelServerOptions kestrel, string path, UnixFileMode mode, RpcKeepAlive? keepAlive = null,
        Func<PeerCredentials, IDisposable?>? admit = null)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        Limit(kestrel, keepAlive);
        path = Path.GetFullPath(path);
        var transport = kestrel.ApplicationServices.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        var others = transport.CreateBoundListenSocket;
        transport.CreateBoundListenSocket = endpoint =>
            endpoint is UnixDomainSocketEndPoint unix && unix.ToString() == path ? UnixListener.Bind(path, mode) : others(endpoint);
        kestrel.ListenUnixSocket(path, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => async connection =>
            {
                var socket = connection.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
                var peer = PeerCredentials.Of(socket);
                using var admitted = admit?.Invoke(peer);
                if (admit is not null && admitted is null)
                {
                    connection.Abort();
                    return;
                }

                connection.Features.Set(peer);
                connection.Features.Set(PeerLimits.Of(socket, peer));
                await next(connection);
            });
        });
    }

    /// <summary>Listens on TCP under TLS for members of the cluster and nobody else.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="endpoint">Address and port; port 0 takes a free one.</param>
    /// <param name="clusterKey">What callers and server prove to each other; must outlive the server.</param>
    /// <param name="keepAlive">When to ping clients.</param>
    public static void ListenTcp(this KestrelServerOptions kestrel, IPEndPoint endpoint, ClusterKey clusterKey, RpcKeepAlive? keepAlive = null)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        ArgumentNullException.ThrowIfNull(clusterKey);
        Limit(kestrel, keepAlive);
        kestrel.Listen(endpoint, listen =>
        {
            var handshakes = new PendingHandshakes();
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => async connection =>
            {
                using var pending = handshakes.Begin(connection);
                connection.Features.Set(pending);
                await next(connection);
            });
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = HandshakeTimeout,
                OnConnection = _ => ValueTask.FromResult(clusterKey.ServerOptions()),
            });
            listen.Use(next => connection =>
            {
                // It has proven the cluster's key.
                connection.Features.Get<PendingHandshakes.Pending>()?.Dispose();
                return next(connection);
            });
        });
    }

    /// <summary>Kestrel's defaults suit web pages: streams here last, may be idle for long, and their peers may die without a word.</summary>
    private static void Limit(KestrelServerOptions kestrel, RpcKeepAlive? keepAlive)
    {
        keepAlive ??= RpcKeepAlive.Default;
        kestrel.AddServerHeader = false;
        kestrel.Limits.KeepAliveTimeout = IdleTimeout;
        kestrel.Limits.Http2.KeepAlivePingDelay = keepAlive.Delay;
        kestrel.Limits.Http2.KeepAlivePingTimeout = keepAlive.Timeout;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaximumStreamsPerConnection;
        // What a caller may have us keep before anybody has looked at it.
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
    }
}
