using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class CallTests : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly TemporaryFolder _folder = new();
    private readonly InteropService _service = new();
    private RpcServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Echo_OverUnixSocket_ReturnsTheMessage()
    {
        using var channel = await StartAsync();
        var client = new Interop.Interop.InteropClient(channel);
        var reply = await client.EchoAsync(new Packet { Text = "hello", Number = 7 }, cancellationToken: Token);
        Assert.Equal("hello", reply.Text);
        var headers = await client.HeadersAsync(new Nothing(), cancellationToken: Token);
        Assert.Contains($"peer={Environment.ProcessId},", headers.Text, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<GrpcChannel> StartAsync()
    {
        var path = _folder.File("s");
        _server = await new RpcServerBuilder()
            .AddService(Interop.Interop.BindService(_service))
            .ListenUnix(path, OwnerOnly)
            .StartAsync(Token);
        return GrpcChannel.ForUnixSocket(path);
    }
}
