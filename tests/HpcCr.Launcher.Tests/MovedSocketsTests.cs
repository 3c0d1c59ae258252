using System.Net;
using HpcCr.Core;
using HpcCr.Criu.Images;

namespace HpcCr.Launcher.Tests;

/// <summary>A files.img made by hand; that of a real dump is in HpcCr.Criu.Tests.</summary>
public sealed class MovedSocketsTests : IDisposable
{
    private static readonly SandboxRelocation Relocation = new(
        new Place("node1", "node3"),
        [new("10.0.0.1", "10.0.0.3"), new("fd00::1", "fd00::3")],
        [new("10.0.0.2", "10.0.0.4")],
        [new("10.0.0.1:7", "10.0.0.2:9", "10.0.0.3:7", "10.0.0.5:9")],
        AddressView.None);

    private static readonly ManifestNode Sandbox = new()
    {
        Node = "node1",
        Addresses = [],
        Files = [],
        Connections = [End("10.0.0.1:7", "10.0.0.2:9"), End("127.0.0.1:7", "127.0.0.1:9")],
        Listeners = ["0.0.0.0:80", "10.0.0.1:81", "[fd00::1]:82"],
        ListenerTimeouts = [new ListenerTimeout("10.0.0.1:81", 3000)],
    };

    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Connections_AndListeners_AreThoseOfTheNewPlace()
    {
        var sockets = new MovedSockets(Sandbox, Relocation);

        Assert.Equal([("10.0.0.3:7", "10.0.0.5:9"), ("127.0.0.1:7", "127.0.0.1:9")], sockets.Locked.Select(c => (c.Local, c.Remote)));
        Assert.Equal(["0.0.0.0:80", "10.0.0.3:81", "[fd00::3]:82"], sockets.Listeners);
    }

    [Fact]
    public void Timers_AreSetWhereTheSocketsAreNow()
    {
        var sandbox = Sandbox with { Connections = [Sandbox.Connections[0] with { KeepAlive = true, UserTimeoutMilliseconds = 5 }] };
        var timers = SandboxTimers.Of(sandbox, new MovedSockets(sandbox, Relocation));

        Assert.Equal([("10.0.0.3:7", "10.0.0.5:9", 5), ("10.0.0.3:81", "", 3000)], timers.Select(t => (t.Local, t.Remote, (int)t.UserTimeoutMs)));
    }

    [Theory]
    [InlineData("10.0.0.1:7", "10.0.0.2:9", "10.0.0.3:7", "10.0.0.5:9")] // as the plan says
    [InlineData("10.0.0.1:8", "10.0.0.2:9", "10.0.0.3:8", "10.0.0.4:9")] // a datagram socket: by address
    [InlineData("10.0.0.1:8", "10.0.0.1:9", "10.0.0.3:8", "10.0.0.3:9")]
    [InlineData("10.0.0.1:8", "192.0.2.1:9", "10.0.0.3:8", "192.0.2.1:9")]
    [InlineData("0.0.0.0:80", "0.0.0.0:0", "0.0.0.0:80", "0.0.0.0:0")]
    [InlineData("127.0.0.1:7", "127.0.0.1:9", "127.0.0.1:7", "127.0.0.1:9")]
    [InlineData("[fd00::1]:7", "[::]:0", "[fd00::3]:7", "[::]:0")]
    [InlineData("[::ffff:10.0.0.1]:7", "[::ffff:10.0.0.2]:9", "[::ffff:10.0.0.3]:7", "[::ffff:10.0.0.5]:9")]
    [InlineData("[::ffff:0.0.0.0]:80", "[::]:0", "[::ffff:0.0.0.0]:80", "[::]:0")]
    public void Rewrite_OfASocket_GivesItTheEndsThatItHasNow(string source, string destination, string newSource, string newDestination)
    {
        Write(IPEndPoint.Parse(source), IPEndPoint.Parse(destination));

        new MovedSockets(Sandbox, Relocation).Rewrite(_node.Root);

        var socket = Assert.Single(InetSocketsImage.Read(_node.Root));
        Assert.Equal((IPEndPoint.Parse(newSource), IPEndPoint.Parse(newDestination)), (socket.Source, socket.Destination));
    }

    [Fact]
    public void Rewrite_InPlace_DoesNotTouchTheImages() =>
        new MovedSockets(Sandbox, Relocation with { Own = [new("10.0.0.1", "10.0.0.1")], Peers = [], Connections = [] }).Rewrite("/nowhere");

    [Fact]
    public void AnEndedOrReplacedConnection_IsLockedWithItsNewEnds_AndHasNoTimersUnlessItIsAlive()
    {
        var ended = new ConnectionChange("10.0.0.1:7", "192.0.2.1:9", "127.0.0.1:7", "127.1.2.3:9");
        var sandbox = Sandbox with
        {
            ListenerTimeouts = null,
            Connections =
            [
                End("10.0.0.1:7", "192.0.2.1:9") with { KeepAlive = true },
                End("10.0.0.1:8", "192.0.2.1:9") with { KeepAlive = true, Inode = 5, ReconnectedBy = "redial" },
            ],
        };
        var sockets = new MovedSockets(sandbox, Relocation with { Connections = [], Ended = [ended] });
        Assert.Empty(sockets.Restored);
        Assert.Empty(SandboxTimers.Of(sandbox, sockets));

        sockets.Replace(Assert.Single(sockets.Reconnected), new HpcCr.Linux.TcpTuple(IPEndPoint.Parse("10.0.0.3:99"), IPEndPoint.Parse("192.0.2.7:9")));

        Assert.Equal([("10.0.0.3:99", "192.0.2.7:9"), ("127.0.0.1:7", "127.1.2.3:9")], sockets.Locked.Select(c => (c.Local, c.Remote)));
        Assert.Equal(("10.0.0.3:99", true), (Assert.Single(SandboxTimers.Of(sandbox, sockets)).Local, SandboxTimers.Of(sandbox, sockets).Single().KeepAlive));
    }

    private static ConnectionRecord End(string local, string remote) => new() { Local = local, Remote = remote, State = "ESTABLISHED" };

    private void Write(IPEndPoint source, IPEndPoint destination)
    {
        // inet_sk_entry of fdinfo.proto: id, inode, family, type, protocol, state, ports, flags, backlog, addresses.
        var socket = WireMessage.Parse(ReadOnlyMemory<byte>.Empty);
        uint[] numbers = [1, 4711, source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 2u : 10u, 1, 6, 1, (uint)source.Port, (uint)destination.Port, 2, 0];
        foreach (var (number, i) in numbers.Select((number, i) => (number, i)))
            socket.SetVarint(i + 1, number);
        socket.SetUInt32s(11, Words(source));
        socket.SetUInt32s(12, Words(destination));
        var file = WireMessage.Parse(ReadOnlyMemory<byte>.Empty);
        file.SetMessage(4, socket);
        var entry = file.ToArray();
        File.WriteAllBytes(Path.Combine(_node.Root, "files.img"),
            [.. BitConverter.GetBytes(ImageMagic.Common), .. BitConverter.GetBytes(ImageMagic.Files), .. BitConverter.GetBytes(entry.Length), .. entry]);
    }

    private static uint[] Words(IPEndPoint end) => [.. end.Address.GetAddressBytes().Chunk(4).Select(word => BitConverter.ToUInt32(word))];
}
