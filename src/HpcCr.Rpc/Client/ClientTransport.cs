using System.Net;
using System.Net.Sockets;

namespace HpcCr.Rpc;

/// <summary>How a channel's connections are made.</summary>
internal static class ClientTransport
{
    public static SocketsHttpHandler Unix(string path, GrpcChannelOptions options)
    {
        var handler = Common(options);
        handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken);
        return handler;
    }

    public static SocketsHttpHandler Tls(ClusterKey clusterKey, GrpcChannelOptions options)
    {
        var handler = Common(options);
        handler.SslOptions = clusterKey.ClientOptions();
        return handler;
    }

    private static SocketsHttpHandler Common(GrpcChannelOptions options) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = options.ConnectTimeout,
        KeepAlivePingDelay = options.KeepAlive.Delay,
        KeepAlivePingTimeout = options.KeepAlive.Timeout,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
