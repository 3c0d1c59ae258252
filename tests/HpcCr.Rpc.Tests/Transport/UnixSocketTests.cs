using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class UnixSocketTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Handler_IsToldByTheKernelWhoCalls()
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"));
        using var channel = GrpcChannel.ForUnixSocket(server.SocketPath);
        var reply = await new Interop.Interop.InteropClient(channel).HeadersAsync(new Nothing(), cancellationToken: Token);
        Assert.Contains($"peer={Environment.ProcessId},{FileStatus.CurrentUser()},", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SocketFile_HasTheGivenMode_AndIsGoneAfterTheServer()
    {
        var path = _folder.File("socket");
        await using (await TestServer.StartAsync(path))
            Assert.Equal(TestServer.OwnerOnly, File.GetUnixFileMode(path));
        Assert.False(Path.Exists(path));
    }

    [Fact]
    public async Task StaleSocketFile_IsReplaced()
    {
        var path = _folder.File("socket");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(_folder.File("other")));
            File.Move(_folder.File("other"), path); // so that .NET does not remove it: a killed server would not have either
        }
        await using var server = await TestServer.StartAsync(path);
        Assert.Equal(5, await EchoAsync(path, 5));
    }

    [Fact]
    public async Task SocketOfALivingServer_IsLeftToIt()
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"));
        var failure = await Assert.ThrowsAnyAsync<IOException>(() => TestServer.StartAsync(server.SocketPath));
        Assert.Contains("a server answers at", failure.Message, StringComparison.Ordinal);
        Assert.Equal(5, await EchoAsync(server.SocketPath, 5));
    }

    [Theory]
    [InlineData("")]
    [InlineData("content")]
    public async Task FileThatIsNoSocket_IsNeverDeleted(string content)
    {
        var path = _folder.File("file");
        await File.WriteAllTextAsync(path, content, Token);
        await Assert.ThrowsAnyAsync<IOException>(() => TestServer.StartAsync(path));
        Assert.Equal(content, await File.ReadAllTextAsync(path, Token));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\0\0\0 garbage from nowhere that is no HTTP/2 preface at all\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nand then no frames: ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~")]
    public async Task GarbageBytes_CloseTheirConnectionOnly(string garbage)
    {
        await using var server = await TestServer.StartAsync(_folder.File("socket"));
        using var channel = GrpcChannel.ForUnixSocket(server.SocketPath);
        using var chat = new Interop.Interop.InteropClient(channel).Chat(cancellationToken: Token);
        await chat.RequestStream.WriteAsync(new Packet { Number = 1 }, Token);
        Assert.True(await chat.ResponseStream.MoveNext(Token));

        using var stranger = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await stranger.ConnectAsync(new UnixDomainSocketEndPoint(server.SocketPath), Token);
        await stranger.SendAsync(Encoding.ASCII.GetBytes(garbage), Token);
        await ReadToEndAsync(stranger);

        await chat.RequestStream.WriteAsync(new Packet { Number = 2 }, Token);
        Assert.True(await chat.ResponseStream.MoveNext(Token));
        Assert.Equal(2, chat.ResponseStream.Current.Number);
    }

    [Fact]
    public async Task SocketWithoutServer_IsUnavailable()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(_folder.File("nowhere"), 1));
        Assert.Equal(StatusCode.Unavailable, failure.StatusCode);
        Assert.Contains("nowhere", failure.Status.Detail, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<long> EchoAsync(string path, long number)
    {
        using var channel = GrpcChannel.ForUnixSocket(path);
        var client = new Interop.Interop.InteropClient(channel);
        return (await client.EchoAsync(new Packet { Number = number }, cancellationToken: Token)).Number;
    }

    private static async Task ReadToEndAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // a reset is a way of closing too
        }
    }
}
