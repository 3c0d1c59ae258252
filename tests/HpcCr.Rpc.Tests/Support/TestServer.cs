using Microsoft.Extensions.Logging;

namespace HpcCr.Rpc.Tests;

/// <summary>Our server with the Interop service on a unix socket.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly RpcServer _server;

    private TestServer(RpcServer server, InteropService service, string path)
    {
        _server = server;
        Service = service;
        SocketPath = path;
    }

    public InteropService Service { get; }

    public string SocketPath { get; }

    public static async Task<TestServer> StartAsync(
        string path, GrpcServerOptions? options = null, RpcKeepAlive? keepAlive = null, ILoggerFactory? loggerFactory = null)
    {
        var service = new InteropService();
        var builder = new RpcServerBuilder
        {
            Options = options ?? new GrpcServerOptions(),
            KeepAlive = keepAlive ?? RpcKeepAlive.Default,
            LoggerFactory = loggerFactory,
        };
        var server = await builder
            .AddService(Interop.Interop.BindService(service))
            .ListenUnix(path, OwnerOnly)
            .StartAsync(TestContext.Current.CancellationToken);
        return new TestServer(server, service, path);
    }

    public Task StopAsync() => _server.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
