using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HpcCr.Linux.Tests;

public sealed class PacketLockTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    public void Apply_StopsAConnectionInBothDirections_AndRemoveLetsItGoOnWithoutLoss(string listenOn, string connectTo) => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair(IPAddress.Parse(listenOn), IPAddress.Parse(connectTo));
        var server = pair.ServerInfo;
        PacketLock.Apply("hpccr_a", new LockSpec { Connections = [new TcpTuple(server.Local, server.Remote)] });

        pair.Client.Send("ping"u8);
        pair.Server.Send("pong!"u8);
        Assert.False(pair.Server.Poll(Silence, SelectMode.SelectRead));
        Assert.False(pair.Client.Poll(Silence, SelectMode.SelectRead));
        var held = pair.ClientInfo;
        var other = pair.ServerInfo;
        output.WriteLine($"locked: client SendQueue {held.SendQueue} unsent {held.UnsentBytes} in flight {held.InFlight}; server SendQueue {other.SendQueue} unsent {other.UnsentBytes} in flight {other.InFlight}");
        Assert.Equal((4u, 5u), (held.SendQueue, other.SendQueue));

        PacketLock.Remove("hpccr_a");
        var clock = Stopwatch.StartNew();
        TcpPair.Drain(pair.Server, 4);
        TcpPair.Drain(pair.Client, 5);
        output.WriteLine($"went on {clock.ElapsedMilliseconds} ms after the unlock");
        Assert.Equal((0u, 0u), (pair.ClientInfo.InFlight, pair.ServerInfo.InFlight));
    });

    [Fact]
    public void Apply_InTheMiddleOfAStream_LosesNoByte() => PrivateNetwork.Run(() =>
    {
        const int Bytes = 64 << 20;
        using var pair = new TcpPair();
        var sender = new Thread(() =>
        {
            var block = new byte[65536];
            for (var (sent, next) = (0, 0); sent < Bytes; sent += block.Length)
            {
                for (var i = 0; i < block.Length; i += 4)
                    BitConverter.TryWriteBytes(block.AsSpan(i), next++);
                pair.Client.Send(block);
            }
        });
        var spec = new LockSpec { Connections = [pair.ClientInfo.Tuple, pair.ServerInfo.Tuple] };
        sender.Start();
        pair.Server.ReceiveTimeout = 10_000;
        var word = new byte[65536];
        for (var (received, expected, locks) = (0, 0, 0); received < Bytes;)
        {
            if (received > (locks + 1) * (Bytes / 8) && locks < 4)
            {
                locks++;
                PacketLock.Apply("hpccr_stream", spec);
                Eventually.True(() => pair.ClientInfo.UnsentBytes > 0, () => "the sender still sends");
                PacketLock.Remove("hpccr_stream");
            }
            for (var have = 0; have < word.Length;)
            {
                var count = pair.Server.Receive(word, have, word.Length - have, SocketFlags.None);
                Assert.NotEqual(0, count);
                have += count;
            }
            for (var i = 0; i < word.Length; i += 4)
                Assert.Equal(expected++, BitConverter.ToInt32(word, i));
            received += word.Length;
        }
        sender.Join();
    });

    [Fact]
    public void Fill_OfAPreparedLock_HoldsBackWhatOpenLetsPass() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        PacketLock.Prepare("hpccr_p");
        pair.Client.Send("a"u8);
        TcpPair.Drain(pair.Server, 1);

        PacketLock.Fill("hpccr_p", new LockSpec { Connections = [pair.ServerInfo.Tuple], Listeners = [new IPEndPoint(IPAddress.Any, 1)] });
        pair.Client.Send("ping"u8);
        pair.Server.Send("pong!"u8);
        Assert.False(pair.Server.Poll(Silence, SelectMode.SelectRead));
        Assert.False(pair.Client.Poll(Silence, SelectMode.SelectRead));

        PacketLock.Open("hpccr_p");
        TcpPair.Drain(pair.Server, 4);
        TcpPair.Drain(pair.Client, 5);
        Assert.Equal(["hpccr_p"], PacketLock.List(PacketLock.Prefix));
        PacketLock.Remove("hpccr_p");
    });

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    public void Apply_WithAListener_HoldsNewConnectionsBackButNotTheOnesItHas(string listenOn, string connectTo) => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair(IPAddress.Parse(listenOn), IPAddress.Parse(connectTo));
        PacketLock.Apply("hpccr_l", new LockSpec { Listeners = [Assert.Single(SockDiag.ListTcp(), socket => socket.State == TcpState.Listen).Local] });

        using var late = new Socket(IPAddress.Parse(connectTo).AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Assert.Throws<SocketException>(() => late.Connect(new IPEndPoint(IPAddress.Parse(connectTo), pair.Port)));
        Assert.False(late.Poll(Silence, SelectMode.SelectWrite));
        Assert.Equal(TcpState.SynSent, Assert.Single(SockDiag.ListTcp(), socket => socket.State is TcpState.SynSent).State);
        Assert.DoesNotContain(SockDiag.ListTcp(), socket => socket.IsNotAccepted);
        pair.Client.Send("ping"u8);
        TcpPair.Drain(pair.Server, 4);

        PacketLock.Remove("hpccr_l");
        Assert.True(late.Poll(Patience, SelectMode.SelectWrite));
        using var accepted = pair.Listener.Accept();
    });

    [Fact]
    public void TwoLocks_AreIndependent() => PrivateNetwork.Run(() =>
    {
        using var first = new TcpPair();
        using var second = new TcpPair();
        PacketLock.Apply("hpccr_one", new LockSpec { Connections = [first.ClientInfo.Tuple] });
        PacketLock.Apply("hpccr_two", new LockSpec { Connections = [second.ClientInfo.Tuple] });
        Assert.Equal(["hpccr_one", "hpccr_two"], PacketLock.List(PacketLock.Prefix).Order());
        first.Client.Send("ping"u8);
        second.Client.Send("ping"u8);

        PacketLock.Remove("hpccr_one");

        TcpPair.Drain(first.Server, 4);
        Assert.False(second.Server.Poll(Silence, SelectMode.SelectRead));
        Assert.Equal(["hpccr_two"], PacketLock.List(PacketLock.Prefix));
        PacketLock.Remove("hpccr_two");
        TcpPair.Drain(second.Server, 4);
    });

    [Fact]
    public void Apply_OfOneEndOnly_AlsoHoldsWhatAPeerOfTheSameNodeSends() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        PacketLock.Apply("hpccr_half", new LockSpec { Connections = [pair.ClientInfo.Tuple] });

        pair.Server.Send("pong"u8);

        Assert.False(pair.Client.Poll(Silence, SelectMode.SelectRead));
        PacketLock.Remove("hpccr_half");
        TcpPair.Drain(pair.Client, 4);
    });

    [Fact]
    public void Apply_OfATranslatedConnection_TakesTheAddressesThatTheSocketHas() => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Any);
        using var far = new FarNode(((IPEndPoint)listener.LocalEndPoint!).Port);
        RawNft.TranslateIncoming(FarNode.Far, "10.9.0.8");
        far.Connect();
        using var server = listener.Accept();
        var tuple = TcpPair.TupleOf(server);
        Assert.Equal("10.9.0.8", $"{tuple.Remote.Address}");

        PacketLock.Apply("hpccr_moved", new LockSpec { Connections = [tuple] });
        far.SendPing();
        Assert.False(server.Poll(Silence, SelectMode.SelectRead));

        PacketLock.Remove("hpccr_moved");
        TcpPair.Drain(server, 5);
    });

    [Fact]
    public void Apply_ASecondTime_ReplacesWhatWasLocked() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        PacketLock.Apply("hpccr_a", new LockSpec { Connections = [pair.ClientInfo.Tuple] });
        PacketLock.Apply("hpccr_a", new LockSpec());

        pair.Client.Send("ping"u8);
        TcpPair.Drain(pair.Server, 4);
        Assert.Equal(["hpccr_a"], PacketLock.List(PacketLock.Prefix));
    });

    [Fact]
    public void Destroy_UnderALock_TellsThePeerNothing() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        PacketLock.Apply("hpccr_d", new LockSpec { Connections = [pair.ClientInfo.Tuple] });

        Assert.True(SockDiag.Destroy(pair.ClientInfo));

        Assert.False(pair.Server.Poll(Silence, SelectMode.SelectRead));
        Assert.Equal(TcpState.Established, pair.ServerInfo.State);
    });

    [Fact]
    public void Apply_OfTenThousandConnections_LocksTheLastOneToo() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        var many = Enumerable.Range(0, 9_999).Select(i => new TcpTuple(
            new IPEndPoint(new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), 1024 + i), new IPEndPoint(new IPAddress([10, 1, 0, 1]), 80)));
        var spec = new LockSpec { Connections = [.. many, pair.ClientInfo.Tuple] };

        var clock = Stopwatch.StartNew();
        PacketLock.Apply("hpccr_many", spec);
        output.WriteLine($"10,000 connections locked in {clock.ElapsedMilliseconds} ms");
        pair.Client.Send("ping"u8);
        Assert.False(pair.Server.Poll(Silence, SelectMode.SelectRead));

        clock.Restart();
        PacketLock.Remove("hpccr_many");
        output.WriteLine($"unlocked in {clock.ElapsedMilliseconds} ms");
        TcpPair.Drain(pair.Server, 4);
    });

    [Fact]
    public void Apply_OfASmallLock_TakesMilliseconds() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        var spec = new LockSpec { Connections = [pair.ClientInfo.Tuple] };
        var times = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            PacketLock.Apply("hpccr_quick", spec);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        PacketLock.Remove("hpccr_quick");
        times.Sort();
        output.WriteLine($"apply: best {times[0]:0.0} ms, median {times[10]:0.0} ms, worst {times[^1]:0.0} ms");
        Assert.True(times[0] < 100, $"best of 20 was {times[0]:0.0} ms");
    });

    [Fact]
    public void Remove_OfATableThatIsNotThere_IsFine() => PrivateNetwork.Run(() =>
    {
        PacketLock.Remove("hpccr_never");
        Assert.Empty(PacketLock.List(PacketLock.Prefix));
    });

    [Fact]
    public void Apply_WhenNftRefuses_ThrowsItsSentence() => PrivateNetwork.Run(() =>
    {
        var name = "hpccr_" + new string('x', 300);
        var refused = Assert.Throws<NftException>(() => PacketLock.Apply(name, new LockSpec()));
        output.WriteLine(refused.Message);
        Assert.Contains("rror", refused.Reason, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a; flush ruleset")]
    [InlineData("9")]
    public void Apply_WithWhatIsNoName_NeverReachesNft(string table) =>
        Assert.Throws<ArgumentException>(() => PacketLock.Apply(table, new LockSpec()));

    [Fact]
    public void Apply_WithEndsOfTwoFamilies_IsRefused() =>
        Assert.Throws<ArgumentException>(() => PacketLock.Apply("hpccr_x", new LockSpec
        {
            Connections = [new TcpTuple(new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.IPv6Loopback, 2))],
        }));

    [Theory]
    [InlineData("stencil-k7f3")]
    [InlineData("A.b_c-9")]
    [InlineData("with space; drop")]
    [InlineData("with_space__drop")]
    [InlineData("ünï")]
    public void TableOf_GivesANameThatNftTakes(string jobName) => PrivateNetwork.Run(() =>
    {
        var table = PacketLock.TableOf(jobName);
        output.WriteLine(table);
        PacketLock.Apply(table, new LockSpec());
        Assert.Equal([table], PacketLock.List(PacketLock.Prefix));
        PacketLock.Remove(table);
        Assert.Empty(PacketLock.List(PacketLock.Prefix));
    });

    [Fact]
    public void TableOf_NeverGivesTwoJobsOneTable() => Assert.Equal(5, new[] { "a b", "a_b", "a;b", new string('a', 100), new string('a', 101) }
        .Select(PacketLock.TableOf).Distinct().Count());
}
