using Google.Protobuf;
using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

/// <summary>Our client against the independent server in python/server.py.</summary>
public sealed class PythonServerTests : IAsyncLifetime
{
    private const int Mebibyte = 1 << 20;

    private readonly TemporaryFolder _folder = new();
    private Python? _server;
    private GrpcChannel? _channel;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTime Patience => DateTime.UtcNow.AddSeconds(30);

    private Interop.Interop.InteropClient Client => new(_channel!);

    public async ValueTask InitializeAsync() => await StartAsync();

    [Fact]
    public async Task Unary_ReturnsTheMessage()
    {
        var packet = new Packet { Text = "grüße", Number = -5, Payload = ByteString.CopyFrom(0, 1, 255) };
        using var call = Client.EchoAsync(packet, deadline: Patience, cancellationToken: Token);
        Assert.Equal(packet, await call);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal(packet, Client.Echo(packet, deadline: Patience, cancellationToken: Token));
    }

    [Fact]
    public async Task EmptyMessagesAndStreams_AreMessagesAndStreams()
    {
        Assert.Equal(new Packet(), await Client.EchoAsync(new Packet(), deadline: Patience, cancellationToken: Token));
        using var chat = Client.Chat(deadline: Patience, cancellationToken: Token);
        await chat.RequestStream.CompleteAsync();
        Assert.False(await chat.ResponseStream.MoveNext(Token));
        Assert.False(await chat.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.OK, chat.GetStatus().StatusCode);
    }

    [Theory]
    [InlineData(Mebibyte)]
    [InlineData(5 * Mebibyte + 3)]
    [InlineData(15 * Mebibyte)]
    public async Task Unary_WithALargeMessage_ReturnsAllOfIt(int size)
    {
        var payload = new byte[size];
        Random.Shared.NextBytes(payload);
        var reply = await Client.EchoAsync(
            new Packet { Payload = UnsafeByteOperations.UnsafeWrap(payload) }, deadline: Patience, cancellationToken: Token);
        Assert.True(reply.Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task ServerStream_BringsEveryMessageInOrder()
    {
        using var call = Client.Count(new Packet { Number = 1000 }, deadline: Patience, cancellationToken: Token);
        var numbers = await call.ResponseStream.ReadAllAsync(Token).Select(packet => packet.Number).ToListAsync(Token);
        Assert.Equal(Enumerable.Range(1, 1000).Select(number => (long)number), numbers);
    }

    [Fact]
    public async Task ClientStream_BringsEveryMessageInOrder()
    {
        using var call = Client.Sum(deadline: Patience, cancellationToken: Token);
        for (var number = 0; number < 1000; number++)
            await call.RequestStream.WriteAsync(new Packet { Number = number, Text = number % 2 == 0 ? "a" : "b" }, Token);
        await call.RequestStream.CompleteAsync();
        var sum = await call;
        Assert.Equal(499500, sum.Number);
        Assert.Equal(string.Concat(Enumerable.Repeat("ab", 500)), sum.Text);
    }

    [Fact]
    public async Task Duplex_AlternatesBetweenBothSides()
    {
        using var call = Client.Chat(deadline: Patience, cancellationToken: Token);
        for (var number = 0; number < 100; number++)
        {
            await call.RequestStream.WriteAsync(new Packet { Number = number }, Token);
            Assert.True(await call.ResponseStream.MoveNext(Token));
            Assert.Equal(number, call.ResponseStream.Current.Number);
        }
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failure_BringsStatusDetailAndTrailers(bool afterHeaders)
    {
        var all = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        var request = new Failure
        {
            Code = (int)StatusCode.FailedPrecondition,
            Detail = "nœud n17: 100 % voll\n☃",
            AfterHeaders = afterHeaders,
            Trailers = { { "reason", "frozen" }, { "node", "n17" } },
            BinaryTrailers = { { "proof-bin", ByteString.CopyFrom(all) } },
        };
        using var call = Client.FailAsync(request, deadline: Patience, cancellationToken: Token);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.Equal(StatusCode.FailedPrecondition, failure.StatusCode);
        Assert.Equal(request.Detail, failure.Status.Detail);
        Assert.Equal("frozen", failure.Trailers.GetValue("reason"));
        Assert.Equal("n17", call.GetTrailers().GetValue("node"));
        Assert.Equal(all, failure.Trailers.GetValueBytes("proof-bin"));
        if (afterHeaders)
            Assert.Equal("yes", (await call.ResponseHeadersAsync).GetValue("first"));
    }

    [Fact]
    public async Task Metadata_ReachesTheServer()
    {
        var headers = new Metadata { { "job", "j1" }, { "Epoch", "12" }, { "token-bin", [0, 0xfe, 0xff] } };
        var lines = (await Client.HeadersAsync(new Nothing(), headers, Patience, Token)).Text.Split('\n');
        Assert.Contains("job=j1", lines);
        Assert.Contains("epoch=12", lines);
        Assert.Contains("token-bin=00feff", lines);
    }

    [Fact]
    public async Task Deadline_EndsTheCallOnBothSides()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            Client.HangAsync(new Packet { Text = "late" }, deadline: DateTime.UtcNow.AddSeconds(0.2), cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        await Client.AwaitCancelledAsync(new Packet { Text = "late" }, deadline: Patience, cancellationToken: Token);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("dispose")]
    [InlineData("read")]
    public async Task Cancellation_IsSeenByTheServer(string way)
    {
        using var caller = new CancellationTokenSource();
        using var reader = new CancellationTokenSource();
        using var call = Client.HangStream(new Packet { Text = way }, cancellationToken: caller.Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        var reading = call.ResponseStream.MoveNext(reader.Token);
        if (way == "token")
            await caller.CancelAsync();
        else if (way == "read")
            await reader.CancelAsync();
        else
            call.Dispose();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => reading)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await Client.AwaitCancelledAsync(new Packet { Text = way }, deadline: Patience, cancellationToken: Token);
    }

    [Fact]
    public async Task ResponseOverTheLimit_EndsItsCallOnly()
    {
        var request = new Packet { Number = 1, Payload = UnsafeByteOperations.UnsafeWrap(new byte[17 * Mebibyte]) };
        using var call = Client.Count(request, deadline: Patience, cancellationToken: Token);
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Equal(3, (await Client.EchoAsync(new Packet { Number = 3 }, deadline: Patience, cancellationToken: Token)).Number);
    }

    [Fact]
    public async Task RequestOverTheServersLimit_IsResourceExhausted()
    {
        await StartAsync("--max-receive", "1000");
        var failure = await Assert.ThrowsAsync<RpcException>(() => Client.EchoAsync(
            new Packet { Payload = ByteString.CopyFrom(new byte[1001]) }, deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task CompressedResponse_IsUnimplemented()
    {
        await StartAsync("--compress");
        var failure = await Assert.ThrowsAsync<RpcException>(() => Client.EchoAsync(
            new Packet { Text = new string('x', 10000) }, deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
        Assert.Contains("the server compresses with gzip", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MethodWithoutImplementation_IsUnimplemented()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            Client.MissingAsync(new Nothing(), deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task ManyCallsAtOnce_AllEnd()
    {
        var calls = Enumerable.Range(0, 1000).Select(number =>
            Client.EchoAsync(new Packet { Number = number }, deadline: Patience, cancellationToken: Token).ResponseAsync).ToList();
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => (long)number), (await Task.WhenAll(calls)).Select(packet => packet.Number));
    }

    [Fact]
    public async Task ServerThatDies_IsUnavailable()
    {
        using var call = Client.HangStream(new Packet { Text = "x" }, cancellationToken: Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        await _server!.DisposeAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Token));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        failure = await Assert.ThrowsAsync<RpcException>(() => Client.EchoAsync(new Packet(), cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(params string[] options)
    {
        _channel?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        var socket = _folder.File($"socket{options.Length}");
        _server = await Python.StartAsync("server.py", _folder.File("generated"), [$"unix:{socket}", .. options]);
        await _server.ExpectLineAsync("ready");
        _channel = GrpcChannel.ForUnixSocket(socket);
    }
}
