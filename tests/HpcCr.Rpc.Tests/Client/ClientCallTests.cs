using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class ClientCallTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private TestServer? _server;
    private GrpcChannel? _channel;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTime Patience => DateTime.UtcNow.AddSeconds(30);

    private Interop.Interop.InteropClient Client => new(_channel!);

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(_folder.File("socket"));
        _channel = GrpcChannel.ForUnixSocket(_server.SocketPath);
    }

    [Fact]
    public async Task DeadlineInThePast_EndsTheCallBeforeItIsMade()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            Client.HangAsync(new Packet(), deadline: DateTime.UtcNow.AddSeconds(-1), cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task Deadline_EndsAStreamThatIsBeingWritten()
    {
        using var call = Client.Chat(deadline: DateTime.UtcNow.AddSeconds(2), cancellationToken: Token);
        await call.RequestStream.WriteAsync(new Packet(), Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        failure = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Packet(), Token));
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task CancelledToken_EndsTheCallBeforeItIsMade()
    {
        using var call = Client.Chat(cancellationToken: new CancellationToken(canceled: true));
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Packet(), Token));
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
        failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task DisposedChannel_CancelsItsCalls()
    {
        using var call = Client.HangStream(new Packet { Text = "closed" }, deadline: Patience, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        _channel!.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token))).StatusCode);
        await _server!.Service.CancelledAsync("closed").WaitAsync(TimeSpan.FromSeconds(30), Token);
        var failure = await Assert.ThrowsAsync<RpcException>(() => Client.EchoAsync(new Packet(), deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task StatusAndTrailers_AreThereOnlyAfterTheEnd()
    {
        using var call = Client.HangStream(new Packet(), deadline: Patience, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
        call.Dispose();
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task WritingAfterTheEndOfTheRequests_IsADefectOfTheCaller()
    {
        using var call = Client.Chat(deadline: Patience, cancellationToken: Token);
        await call.RequestStream.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Packet(), Token));
    }

    [Fact]
    public void BlockingCall_WorksWithoutAsync() =>
        Assert.Equal(8, Client.Echo(new Packet { Number = 8 }, deadline: Patience, cancellationToken: Token).Number);

    [Fact]
    public async Task LongLivedStreams_BeyondOneConnection_AllRun()
    {
        var calls = Enumerable.Range(0, 1100).Select(number =>
            Client.HangStream(new Packet { Number = number }, deadline: Patience, cancellationToken: Token)).ToList();
        foreach (var call in calls)
            Assert.True(await call.ResponseStream.MoveNext(Token));
        calls.ForEach(call => call.Dispose());
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }
}
