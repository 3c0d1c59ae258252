using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using HpcCr.Criu.Images;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests.Images;

/// <summary>The sockets of a real dump, read and given other addresses; crit is the independent decoder.</summary>
public sealed class SocketImagesTests(VictimProgram program) : IClassFixture<VictimProgram>
{
    private const byte Established = 1;
    private const byte Closed = 7;
    private const byte CloseWait = 8;

    [Fact]
    public async Task Read_TellsFamiliesStatesAndEnds()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var sockets = InetSocketsImage.Read(dump.Images);
        Assert.Equal(19, sockets.Count);
        Assert.Single(sockets, s => s is { Type: SocketType.Dgram, Protocol: ProtocolType.Udp, Family: AddressFamily.InterNetwork, Destination.Port: 0 });
        Assert.Equal(2, sockets.Count(s => s.Source.Address.Equals(IPAddress.IPv6Loopback) && s.Destination.Address.Equals(IPAddress.IPv6Loopback)));
        Assert.Single(sockets, s => s.Family == AddressFamily.InterNetworkV6 && s.Source.Address.Equals(IPAddress.Loopback.MapToIPv6()));
        Assert.Single(sockets, s => s.KeepAlive);
        Assert.Single(sockets, s => s is { State: CloseWait, Shutdown: not null });
        // Both ends have closed it and one has not read all: sock_diag does not list it any more, and the image has its bytes.
        var streams = TcpStreamImage.ReadAll(dump.Images);
        Assert.Equal([0u, 3u], sockets.Where(s => s is { State: Closed, IsTcpConnection: true }).Select(s => streams[s.Inode].ReceiveLength).Order());
        byte[] states = [1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 5, 5, 5, 7, 7, 8, 9, 11];
        Assert.Equal(states, sockets.Where(s => s.Protocol == ProtocolType.Tcp).Select(s => s.State).Order());
    }

    [Fact]
    public async Task ReadAll_HasAStreamForEveryConnectionAndTheNumbersFitTheirPeers()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var connections = InetSocketsImage.Read(dump.Images).Where(s => s.IsTcpConnection).ToList();
        var streams = TcpStreamImage.ReadAll(dump.Images);
        Assert.Equal(connections.Select(s => s.Inode).Order(), streams.Keys.Order());
        var queued = connections.Where(s => s.State != Closed).Sum(s => (long)streams[s.Inode].SendLength);
        var received = connections.Sum(s => (long)streams[s.Inode].ReceiveLength);
        // What was received and not yet acknowledged is in both queues.
        Assert.InRange(queued + received, dump.Number + 5 + 7 + 3 + 3 + 3 + 4, 2 * dump.Number);
        Assert.Contains(streams.Values, s => s is { ReceiveLength: 7, SendLength: 0 });
        Assert.Contains(streams.Values, s => s is { ReceiveLength: 5, SendLength: 0 });
        foreach (var sender in connections.Where(s => s.State == Established))
        {
            var receiver = connections.Single(s => Plain(s.Source).Equals(Plain(sender.Destination)) && Plain(s.Destination).Equals(Plain(sender.Source)));
            var sent = streams[sender.Inode];
            var unacknowledged = sent.SendSequence - sent.SendLength;
            Assert.InRange(streams[receiver.Inode].ReceiveSequence - unacknowledged, 0u, sent.SendLength - sent.UnsentLength);
        }
    }

    [Fact]
    public async Task Read_AgreesWithCrit()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var files = await Crit.DecodeAsync(Path.Combine(dump.Images, "files.img"));
        var theirs = files["entries"]!.AsArray().Select(entry => entry!["isk"]).OfType<JsonNode>().ToList();
        var ours = InetSocketsImage.Read(dump.Images);
        Assert.Equal(theirs.Count, ours.Count);
        foreach (var (their, our) in theirs.Zip(ours))
        {
            Assert.Equal((uint)their["id"]!, our.Id);
            Assert.Equal((uint)their["ino"]!, our.Inode);
            Assert.Equal((int)their["src_port"]!, our.Source.Port);
            Assert.Equal((int)their["dst_port"]!, our.Destination.Port);
            Assert.Equal((uint)their["state"]!, our.State);
            Assert.Equal(their["src_addr"]!.AsArray().Select(word => (uint)word!), Words(our.Source));
            Assert.Equal(their["dst_addr"]!.AsArray().Select(word => (uint)word!), Words(our.Destination));
            Assert.Equal((bool?)their["opts"]!["so_keepalive"] ?? false, our.KeepAlive);
        }
    }

    [Fact]
    public async Task ReadAll_AgreesWithCrit()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        foreach (var stream in TcpStreamImage.ReadAll(dump.Images).Values)
        {
            var their = (await Crit.DecodeAsync(Path.Combine(dump.Images, $"tcp-stream-{stream.Inode:x}.img")))["entries"]!.AsArray().Single()!;
            Assert.Equal(
                [
                    (uint)their["inq_len"]!, (uint)their["inq_seq"]!, (uint)their["outq_len"]!, (uint)their["outq_seq"]!, (uint)their["unsq_len"]!,
                    (uint)their["opt_mask"]!, (uint)their["snd_wscale"]!, (uint?)their["rcv_wscale"], (uint?)their["timestamp"],
                    (uint?)their["snd_wl1"], (uint?)their["snd_wnd"], (uint?)their["max_window"], (uint?)their["rcv_wnd"], (uint?)their["rcv_wup"],
                    (uint)their["mss_clamp"]!,
                ],
                new uint?[]
                {
                    stream.ReceiveLength, stream.ReceiveSequence, stream.SendLength, stream.SendSequence, stream.UnsentLength,
                    stream.OptionMask, stream.SendWindowScale, stream.ReceiveWindowScale, stream.Timestamp,
                    stream.SendWindowUpdate, stream.SendWindow, stream.MaximumWindow, stream.ReceiveWindow, stream.ReceiveWindowUpdate,
                    stream.MaximumSegment,
                });
        }
    }

    [Fact]
    public async Task Rewrite_ChangesWhatWasAskedAndCritSeesNothingElse()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var copy = dump.Copy();
        var fresh = new Dictionary<AddressFamily, IPAddress>
        {
            [AddressFamily.InterNetwork] = IPAddress.Parse("192.168.77.201"),
            [AddressFamily.InterNetworkV6] = IPAddress.Parse("fd00::abcd:ffff:ffff"),
        };
        var changed = InetSocketsImage.Rewrite(copy, s => s.IsTcpConnection
            ? s with { Destination = new IPEndPoint(fresh[s.Family], s.Destination.Port ^ 1), KeepAlive = !s.KeepAlive }
            : s);
        Assert.Equal(InetSocketsImage.Read(dump.Images).Count(s => s.IsTcpConnection), changed);
        var expected = await Crit.DecodeAsync(Path.Combine(dump.Images, "files.img"));
        foreach (var socket in expected["entries"]!.AsArray().Select(entry => entry!["isk"]).OfType<JsonNode>())
        {
            if ((uint)socket["proto"]! != 6 || (int)socket["dst_port"]! == 0) continue;
            var family = (int)socket["family"]! == 2 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            socket["dst_addr"] = new JsonArray([.. Words(new IPEndPoint(fresh[family], 0)).Select(word => JsonValue.Create(word))]);
            socket["dst_port"] = (int)socket["dst_port"]! ^ 1;
            socket["opts"]!["so_keepalive"] = !((bool?)socket["opts"]!["so_keepalive"] ?? false);
        }

        var actual = await Crit.DecodeAsync(Path.Combine(copy, "files.img"));
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected}\n{actual}");
    }

    [Fact]
    public async Task Rewrite_ThereAndBack_IsTheSameByteForByte()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var copy = dump.Copy();
        InetSocketsImage.Rewrite(copy, s => s with { Source = new IPEndPoint(s.Source.Address, s.Source.Port ^ 0x4000), KeepAlive = !s.KeepAlive });
        Assert.NotEqual(Files(dump.Images), Files(copy));
        InetSocketsImage.Rewrite(copy, s => s with { Source = new IPEndPoint(s.Source.Address, s.Source.Port ^ 0x4000), KeepAlive = !s.KeepAlive });
        Assert.Equal(Files(dump.Images), Files(copy));
        Assert.Equal(0, InetSocketsImage.Rewrite(copy, s => s));
    }

    [Fact]
    public async Task Rewrite_OfAnythingElse_IsRefusedAndChangesNothing()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var copy = dump.Copy();
        Assert.Throws<ArgumentException>(() => InetSocketsImage.Rewrite(copy, s => s.IsTcpConnection ? s : s with { State = 1 }));
        Assert.Throws<ArgumentException>(() => InetSocketsImage.Rewrite(copy, s => s with { Inode = 1 }));
        Assert.Throws<ArgumentException>(() => InetSocketsImage.Rewrite(copy, s => s with { Source = new IPEndPoint(IPAddress.IPv6Any, 1) }));
        Assert.Equal(Files(dump.Images), Files(copy));
    }

    [Fact]
    public async Task End_LeavesWhatWasReceived_AndTakesTheRest()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var copy = dump.Copy();
        var before = TcpStreamImage.ReadAll(copy);
        InetSocketsImage.Rewrite(copy, s => s.IsTcpConnection ? EndedConnection.End(copy, s) : s);
        var sockets = InetSocketsImage.Read(dump.Images).Zip(InetSocketsImage.Read(copy)).Where(pair => pair.First.IsTcpConnection).ToList();
        var after = TcpStreamImage.ReadAll(copy);
        foreach (var (was, now) in sockets)
        {
            Assert.Equal(was.State is Established or CloseWait ? CloseWait : Closed, now.State);
            Assert.False(now.KeepAlive);
            var (old, stream) = (before[was.Inode], after[was.Inode]);
            Assert.Equal((old.ReceiveLength, 0u, 0u, old.SendSequence), (stream.ReceiveLength, stream.SendLength, stream.UnsentLength, stream.SendSequence));
            Assert.Equal(was.State is Established or 4 or 5 ? 1u : 0u, stream.ReceiveSequence - old.ReceiveSequence);
            var decoded = (await Crit.DecodeAsync(Path.Combine(copy, $"tcp-stream-{was.Inode:x}.img")))["entries"]!.AsArray().Single()!;
            Assert.Equal(stream.ReceiveSequence, (uint)decoded["inq_seq"]!);
        }
    }

    [Fact]
    public async Task Rewrite_OfAStream_ThereAndBack_IsTheSameByteForByte()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var copy = dump.Copy();
        var filled = TcpStreamImage.ReadAll(copy).Values.First(s => s.ReceiveLength == 7);
        var path = Path.Combine(copy, $"tcp-stream-{filled.Inode:x}.img");
        var original = File.ReadAllBytes(path);
        TcpStreamImage.Rewrite(copy, filled.Inode, c => c with { Received = (byte[])[1, .. c.Received.Span, 2], Numbers = c.Numbers with { SendSequence = c.Numbers.SendSequence ^ 1 } });
        Assert.Equal(9u, TcpStreamImage.ReadAll(copy)[filled.Inode].ReceiveLength);
        TcpStreamImage.Rewrite(copy, filled.Inode, c => c with { Received = c.Received[1..^1], Numbers = c.Numbers with { SendSequence = c.Numbers.SendSequence ^ 1 } });
        Assert.Equal(original, File.ReadAllBytes(path));
    }

    [Fact]
    public async Task ReadAll_OfAQueueCutShort_NamesTheImage()
    {
        using var dump = await Dump.OfAsync(program, "sockets");
        var stream = TcpStreamImage.ReadAll(dump.Images).Values.First(s => s.ReceiveLength == 7);
        var path = Path.Combine(dump.Images, $"tcp-stream-{stream.Inode:x}.img");
        using (var file = File.OpenWrite(path)) file.SetLength(file.Length - 1);
        var fault = Assert.Throws<ImageFormatException>(() => TcpStreamImage.ReadAll(dump.Images));
        Assert.Equal($"{path}: holds 6 bytes of its queues, which have 7", fault.Message);
    }

    [Fact]
    public async Task RemoveWhere_TakesOneMountOutAndCritSeesTheOthersUnchanged()
    {
        using var dump = await Dump.OfAsync(program, "mounts");
        var image = Assert.Single(Directory.GetFiles(dump.Images, "mountpoints-*.img"));
        var before = await Crit.DecodeAsync(image);
        var mounts = MountsImage.Read(dump.Images);
        Assert.Equal(before["entries"]!.AsArray().Select(m => ((uint)m!["mnt_id"]!, (uint)m["parent_mnt_id"]!, (string?)m["mountpoint"], (string?)m["root"], (string?)m["ext_key"])),
            mounts.Select(m => (m.MountId, m.ParentId, (string?)m.MountPoint, (string?)m.Root, m.ExternalKey)));
        var own = Assert.Single(mounts, m => m.AbsolutePath == dump.MountPoint);
        Assert.Equal("/", Assert.Single(mounts, m => m.MountPoint is "./" or "/" or ".").AbsolutePath);
        Assert.Equal(1, MountsImage.RemoveWhere(dump.Images, m => m.MountId == own.MountId));
        var after = await Crit.DecodeAsync(image);
        var entries = before["entries"]!.AsArray();
        entries.RemoveAt(entries.ToList().FindIndex(m => (uint)m!["mnt_id"]! == own.MountId));
        Assert.True(JsonNode.DeepEquals(before, after));
        Assert.Equal(0, MountsImage.RemoveWhere(dump.Images, m => m.MountId == own.MountId));
    }

    private static byte[] Files(string images) => File.ReadAllBytes(Path.Combine(images, "files.img"));

    private static IPEndPoint Plain(IPEndPoint end) =>
        end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;

    private static IEnumerable<uint> Words(IPEndPoint end) =>
        end.Address.GetAddressBytes().Chunk(4).Select(word => BitConverter.ToUInt32(word));
}
