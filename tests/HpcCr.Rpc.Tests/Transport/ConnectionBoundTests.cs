using System.Net;
using System.Net.Sockets;
using HpcCr.Rpc.Tests.Interop;

namespace HpcCr.Rpc.Tests;

public sealed class ConnectionBoundTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AConnectionThatIsNotAdmitted_IsClosedAtOnce_AndItsShareComesBackAtTheEndOfAnother()
    {
        using var room = new SemaphoreSlim(2);
        var path = _folder.File("socket");
        await using var server = await new RpcServerBuilder().AddService(Interop.Interop.BindService(new InteropService()))
            .ListenUnix(path, TestServer.OwnerOnly, _ => room.Wait(0) ? new Share(room) : null).StartAsync(Token);
        using var first = await ConnectAsync(path);
        using var second = await ConnectAsync(path);
        await UntilAsync(() => room.CurrentCount == 0);

        using (var third = await ConnectAsync(path))
            Assert.Equal(0, await third.ReceiveAsync(new byte[1], Token));
        first.Dispose();
        await UntilAsync(() => room.CurrentCount == 1);

        using var channel = GrpcChannel.ForUnixSocket(path);
        Assert.Equal(7, (await new Interop.Interop.InteropClient(channel).EchoAsync(new Packet { Number = 7 }, cancellationToken: Token)).Number);
    }

    [Fact]
    public async Task StrangersThatNeverProveTheKey_MakeWayForAMember()
    {
        using var key = ClusterKey.Create(_folder.File("key"));
        await using var server = await new RpcServerBuilder().AddService(Interop.Interop.BindService(new InteropService()))
            .ListenTcp(new IPEndPoint(IPAddress.Loopback, 0), key).StartAsync(Token);
        var endpoint = Assert.Single(server.TcpEndPoints);
        List<Socket> strangers = [];
        for (var i = 0; i < 400; i++)
        {
            strangers.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            await strangers[^1].ConnectAsync(endpoint, Token);
        }

        using var channel = GrpcChannel.ForTcp("127.0.0.1", endpoint.Port, key);
        Assert.Equal(7, (await new Interop.Interop.InteropClient(channel).EchoAsync(new Packet { Number = 7 }, cancellationToken: Token)).Number);
        // The first ones had to go.
        Assert.Equal(0, await ReceiveAsync(strangers[0]).WaitAsync(TimeSpan.FromSeconds(3), Token));
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public void LimitsOfAProcess_AreReadAsTheKernelWritesThem()
    {
        var limits = PeerLimits.Parse(File.ReadAllLines("/proc/self/limits")).Entries;

        Assert.Equal(16, limits.Count);
        Assert.Equal(Enumerable.Range(0, 16), limits.Select(limit => limit.Resource));
        Assert.All(limits, limit => Assert.True(limit.Soft <= limit.Hard));
        Assert.InRange(limits[7].Hard, 1UL, 1UL << 31);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Token);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static async Task<Socket> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Token);
        return socket;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, deadline.Token);
    }

    private sealed class Share(SemaphoreSlim room) : IDisposable
    {
        public void Dispose() => room.Release();
    }
}
