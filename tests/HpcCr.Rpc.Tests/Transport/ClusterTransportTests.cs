using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class ClusterTransportTests : IAsyncLifetime
{
    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    private readonly TemporaryFolder _folder = new();
    private ClusterKey? _key;
    private ClusterKey? _otherKey;
    private RpcServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTime Patience => DateTime.UtcNow.AddSeconds(30);

    private IPEndPoint EndPoint => Assert.Single(_server!.TcpEndPoints);

    public async ValueTask InitializeAsync()
    {
        _key = ClusterKey.Create(_folder.File("key"));
        _otherKey = ClusterKey.Create(_folder.File("other"));
        _server = await StartAsync(_key);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task MemberOfTheCluster_IsServed(string host)
    {
        using var copy = ClusterKey.Load(_folder.File("key"));
        using var channel = GrpcChannel.ForTcp(host, EndPoint.Port, copy);
        var client = new Interop.Interop.InteropClient(channel);
        var large = new Packet { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[3 << 20]) };
        Assert.Equal(large, await client.EchoAsync(large, deadline: Patience, cancellationToken: Token));
        var headers = await client.HeadersAsync(new Nothing(), deadline: Patience, cancellationToken: Token);
        Assert.DoesNotContain("peer=", headers.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientWithAnotherKey_IsRefusedByTheServer()
    {
        // A client that accepts any server, so that the refusal is the server's.
        await using var stream = await ConnectAsync();
        await stream.AuthenticateAsClientAsync(WithCertificate(_otherKey), Token);
        await AssertRefusedAsync(stream);
        await AssertServesMembersAsync();
    }

    [Fact]
    public async Task ClientWithoutCertificate_IsRefusedByTheServer()
    {
        await using var stream = await ConnectAsync();
        await stream.AuthenticateAsClientAsync(WithCertificate(null), Token);
        await AssertRefusedAsync(stream);
        await AssertServesMembersAsync();
    }

    [Fact]
    public async Task ClientWithTheKey_BelowTls13_IsRefusedByTheServer()
    {
        await using var stream = await ConnectAsync();
        var options = WithCertificate(_key);
#pragma warning disable CA5398 // What is refused has to be tried.
        options.EnabledSslProtocols = SslProtocols.Tls12;
#pragma warning restore CA5398
        await Assert.ThrowsAnyAsync<Exception>(() => stream.AuthenticateAsClientAsync(options, Token));
        await AssertServesMembersAsync();
    }

    [Fact]
    public async Task PlainClient_IsRefusedByTheServer()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint, Token);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Preface, Token);
        await AssertRefusedAsync(stream);
        await AssertServesMembersAsync();
    }

    [Fact]
    public async Task ServerWithAnotherKey_IsRefusedByTheClient()
    {
        using var channel = GrpcChannel.ForTcp("127.0.0.1", EndPoint.Port, _otherKey!);
        var client = new Interop.Interop.InteropClient(channel);
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            client.EchoAsync(new Packet(), deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("no secure connection", failure.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlainServer_IsRefusedByTheClient()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerPlainlyAsync(listener);
        using var channel = GrpcChannel.ForTcp("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, _key!);
        var client = new Interop.Interop.InteropClient(channel);
        var failure = await Assert.ThrowsAsync<RpcException>(() =>
            client.EchoAsync(new Packet(), deadline: Patience, cancellationToken: Token).ResponseAsync);
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.DoesNotContain("PRI", Encoding.ASCII.GetString(await answering), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _key?.Dispose();
        _otherKey?.Dispose();
        _folder.Dispose();
    }

    private static Task<RpcServer> StartAsync(ClusterKey key) => new RpcServerBuilder()
        .AddService(Interop.Interop.BindService(new InteropService()))
        .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0), key)
        .StartAsync(Token);

    private static SslClientAuthenticationOptions WithCertificate(ClusterKey? key)
    {
        var options = key?.ClientOptions() ?? new SslClientAuthenticationOptions { TargetHost = "hpccr" };
#pragma warning disable CA5359 // The test looks at what the server does.
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        return options;
    }

    private static async Task<byte[]> AnswerPlainlyAsync(TcpListener listener)
    {
        using var client = await listener.AcceptSocketAsync(Token);
        var received = new byte[4096];
        var count = await client.ReceiveAsync(received, Token);
        await client.SendAsync(new byte[] { 0, 0, 0, 4, 0, 0, 0, 0, 0 }, Token); // an empty SETTINGS frame
        return received[..count];
    }

    /// <summary>The other side closes without a byte of HTTP/2; under TLS 1.3 a client learns of the refusal by its first read.</summary>
    private static async Task AssertRefusedAsync(Stream stream)
    {
        try
        {
            await stream.WriteAsync(Preface, Token);
            Assert.Equal(0, await stream.ReadAsync(new byte[1], Token));
        }
        catch (IOException)
        {
            // an alert or a reset
        }
    }

    private async Task AssertServesMembersAsync()
    {
        using var channel = GrpcChannel.ForTcp("127.0.0.1", EndPoint.Port, _key!);
        var client = new Interop.Interop.InteropClient(channel);
        Assert.Equal(4, (await client.EchoAsync(new Packet { Number = 4 }, deadline: Patience, cancellationToken: Token)).Number);
    }

    private async Task<SslStream> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint, Token);
        return new SslStream(new NetworkStream(socket, ownsSocket: true));
    }
}
