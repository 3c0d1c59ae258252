using Google.Protobuf;
using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class ServerCallTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTime Patience => DateTime.UtcNow.AddSeconds(30);

    [Fact]
    public async Task UnknownException_IsLoggedHere_AndNotToldToTheCaller()
    {
        using var log = new LogRecord();
        await using var server = await TestServer.StartAsync(_folder.File("socket"), loggerFactory: log);
        using var channel = GrpcChannel.ForUnixSocket(server.SocketPath);
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            new Interop.Interop.InteropClient(channel).CrashAsync(new Nothing(), deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Unknown, failure.StatusCode);
        Assert.DoesNotContain("secret", failure.Status.Detail, StringComparison.Ordinal);
        Assert.IsType<FormatException>(Assert.Single(log.Exceptions));
    }

    [Fact]
    public async Task KnownException_BecomesTheStatusThatTheMapSays()
    {
        var options = new GrpcServerOptions
        {
            MapException = exception => exception is FormatException
                ? new RpcException(new Status(StatusCode.InvalidArgument, "mapped"), new Metadata { { "reason", "format" } })
                : null,
        };
        await using var server = await TestServer.StartAsync(_folder.File("socket"), options);
        using var channel = GrpcChannel.ForUnixSocket(server.SocketPath);
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            new Interop.Interop.InteropClient(channel).CrashAsync(new Nothing(), deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(new Status(StatusCode.InvalidArgument, "mapped"), failure.Status);
        Assert.Equal("format", failure.Trailers.GetValue("reason"));
    }

    [Fact]
    public async Task RequestOverAConfiguredLimit_IsResourceExhausted()
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"), new GrpcServerOptions { MaxReceiveMessageSize = 1000 });
        using var channel = GrpcChannel.ForUnixSocket(server.SocketPath);
        var client = new Interop.Interop.InteropClient(channel);
        await client.EchoAsync(new Packet { Payload = ByteString.CopyFrom(new byte[900]) }, deadline: Patience, cancellationToken: Token);
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            client.EchoAsync(new Packet { Payload = ByteString.CopyFrom(new byte[1000]) }, deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task StoppingServer_EndsEndlessCallsAsUnavailable()
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"));
        using var channel = GrpcChannel.ForUnixSocket(server.SocketPath);
        using var call = new Interop.Interop.InteropClient(channel).HangStream(new Packet(), deadline: Patience, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        var stopping = server.StopAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Equal("the server is stopping", failure.Status.Detail);
        await stopping;
    }

    [Fact]
    public async Task StoppedServer_CanBeReplaced_AndTheOldChannelReachesTheNewOne()
    {
        using var channel = GrpcChannel.ForUnixSocket(_folder.File("socket"));
        var client = new Interop.Interop.InteropClient(channel);
        for (var number = 1; number <= 3; number++)
        {
            await using var server = await TestServer.StartAsync(_folder.File("socket"));
            Assert.Equal(number, (await client.EchoAsync(new Packet { Number = number }, deadline: Patience, cancellationToken: Token)).Number);
        }
    }

    [Fact]
    public async Task SlowReader_HoldsTheHandlerBack_AndStillGetsEverything()
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"));
        using var channel = GrpcChannel.ForUnixSocket(server.SocketPath);
        var client = new Interop.Interop.InteropClient(channel);
        var request = new Packet { Number = 64, Payload = ByteString.CopyFrom(new byte[1 << 20]) };
        using var call = client.Count(request, deadline: Patience, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal(9, (await client.EchoAsync(new Packet { Number = 9 }, deadline: Patience, cancellationToken: Token)).Number); // others are not held back
        var rest = await call.ResponseStream.ReadAllAsync(Token).CountAsync(Token);
        Assert.Equal(63, rest);
    }

    public void Dispose() => _folder.Dispose();
}
