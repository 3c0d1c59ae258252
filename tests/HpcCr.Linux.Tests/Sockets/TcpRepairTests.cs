using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace HpcCr.Linux.Tests;

public sealed class TcpRepairTests(ITestOutputHelper output)
{
    private const int LevelTcp = 6;
    private const int TcpRepairOption = 19;

    [Fact]
    public void ClearAll_OnAnotherProcess_LetsItsConnectionTalkAgain() => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var server = listener.Accept();
        using var theirs = other.TakeConnection();
        theirs.SetRawSocketOption(LevelTcp, TcpRepairOption, BitConverter.GetBytes(1));
        Assert.Throws<SocketException>(() => theirs.Send("lost"u8));
        output.WriteLine($"in repair SO_REUSEADDR reads {ReuseAddress(theirs)}");

        Assert.Equal(1, TcpRepair.ClearAll(other.Pid));

        output.WriteLine($"afterwards {ReuseAddress(theirs)}");
        Assert.Equal(1, ReuseAddress(theirs));
        Assert.Equal(5, theirs.Send("hello"u8));
        TcpPair.Drain(server, 5);
        Assert.Equal(0, TcpRepair.ClearAll(other.Pid));
    });

    [Fact]
    public void ClearAll_OfAProcessThatHasGone_FindsNothing()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: reaches into other processes");
        Assert.Equal(0, TcpRepair.ClearAll(int.MaxValue));
        Assert.Empty(SocketInodes.Of(int.MaxValue));
        Assert.Empty(KeepAlive.Park(int.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Kick_AfterALock_SendsAtOnceWhatTheLockHeldBack(int reuseAddress) => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var server = listener.Accept();
        using var theirs = other.TakeConnection();
        theirs.SetRawSocketOption(1, 2, BitConverter.GetBytes(reuseAddress));
        Assert.Equal(0, TcpRepair.Kick(other.Pid));
        PacketLock.Apply("hpccr_kick", new LockSpec { Connections = [TcpPair.TupleOf(theirs)] });
        theirs.Send("hello"u8);
        Assert.False(server.Poll(TimeSpan.FromMilliseconds(450), SelectMode.SelectRead));
        PacketLock.Remove("hpccr_kick");

        var clock = Stopwatch.StartNew();
        Assert.Equal(1, TcpRepair.Kick(other.Pid));
        TcpPair.Drain(server, 5);

        output.WriteLine($"delivered {clock.Elapsed.TotalMilliseconds:0.0} ms after the kick");
        Assert.Equal(reuseAddress, ReuseAddress(theirs));
        theirs.Send("again"u8);
        TcpPair.Drain(server, 5);
    });

    private static int ReuseAddress(Socket socket)
    {
        var value = new byte[4];
        socket.GetRawSocketOption(1, 2, value);
        return BitConverter.ToInt32(value);
    }
}
