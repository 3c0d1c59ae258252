using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class KeepAliveTests : IDisposable
{
    private static readonly RpcKeepAlive Quick = new() { Delay = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) };
    private static readonly RpcKeepAlive Never = new() { Delay = TimeSpan.FromHours(1), Timeout = TimeSpan.FromHours(1) };
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(15);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_WhenTheServerFallsSilent_FailsItsCallsInSeconds()
    {
        await using var server = await TestServer.StartAsync(_folder.File("server"), keepAlive: Never);
        await using var proxy = new SilentProxy(_folder.File("proxy"), server.SocketPath);
        using var channel = GrpcChannel.ForUnixSocket(_folder.File("proxy"), new GrpcChannelOptions { KeepAlive = Quick });
        using var call = new Interop.Interop.InteropClient(channel).HangStream(new Packet { Text = "x" }, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        proxy.FallSilent();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token).WaitAsync(Seconds, Token));
        Assert.True(failure.StatusCode == StatusCode.Unavailable, failure.ToString());
    }

    [Fact]
    public async Task Server_WhenTheClientFallsSilent_CancelsItsHandlersInSeconds()
    {
        await using var server = await TestServer.StartAsync(_folder.File("server"), keepAlive: Quick);
        await using var proxy = new SilentProxy(_folder.File("proxy"), server.SocketPath);
        using var channel = GrpcChannel.ForUnixSocket(_folder.File("proxy"), new GrpcChannelOptions { KeepAlive = Never });
        using var call = new Interop.Interop.InteropClient(channel).HangStream(new Packet { Text = "x" }, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        proxy.FallSilent();
        await server.Service.CancelledAsync("x").WaitAsync(Seconds, Token);
    }

    public void Dispose() => _folder.Dispose();
}
