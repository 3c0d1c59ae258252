using System.Net;
using Microsoft.AspNetCore.Builder;

namespace HpcCr.Rpc;

/// <summary>A server that runs; disposing of it stops it.</summary>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    internal RpcServer(WebApplication app) => _app = app;

    /// <summary>Where it listens on TCP, with the port that port 0 became.</summary>
    public IReadOnlyList<IPEndPoint> TcpEndPoints =>
        [.. _app.Urls.Where(url => url.StartsWith("https://", StringComparison.Ordinal)).Select(url => IPEndPoint.Parse(url["https://".Length..]))];

    /// <summary>Takes no more calls, ends those there are with Unavailable, and waits for their handlers.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
