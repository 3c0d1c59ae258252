using System.Net;
using System.Net.Sockets;

namespace HpcCr.Linux.Tests;

public sealed class KeepAliveTests
{
    private const int LevelTcp = 6;
    private const int TcpUserTimeout = 18;

    [Fact]
    public void Park_OnAnotherProcess_SwitchesBothTimersOff_AndUnparkSetsThemBack() => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var theirs = other.TakeConnection();
        SetTimers(theirs);

        var parked = KeepAlive.Park(other.Pid);

        var socket = Assert.Single(parked);
        Assert.Equal((true, 7000), (socket.KeepAlive, socket.UserTimeoutMs));
        Assert.Equal((false, 0), Timers(theirs));
        Assert.Empty(KeepAlive.Park(other.Pid));

        Assert.Single(KeepAlive.Unpark(other.Pid, parked));
        Assert.Equal((true, 7000), Timers(theirs));
    });

    [Fact]
    public void Unpark_WhenTheDescriptorIsAnotherSocketByNow_LeavesThatAlone() => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var theirs = other.TakeConnection();

        Assert.Empty(KeepAlive.Unpark(other.Pid, [new ParkedSocket(Cookie: 1, KeepAlive: true, UserTimeoutMs: 7000)]));
        Assert.Equal((false, 0), Timers(theirs));
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Park_BeforeALockThatOutlastsTheTimer_KeepsTheConnection(bool parkIt) => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var server = listener.Accept();
        using var theirs = other.TakeConnection();
        theirs.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        theirs.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 1);
        theirs.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 1);
        theirs.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 1);
        var tuple = TcpPair.TupleOf(theirs);

        var parked = parkIt ? KeepAlive.Park(other.Pid) : [];
        PacketLock.Apply("hpccr_keep", new LockSpec { Connections = [tuple] });
        // The timer would end it after two seconds; three and a half pass, or its end.
        var lived = !theirs.Poll(TimeSpan.FromSeconds(3.5), SelectMode.SelectRead);
        PacketLock.Remove("hpccr_keep");

        Assert.Equal(parkIt, lived);
        if (!parkIt)
            return;
        Assert.Single(KeepAlive.Unpark(other.Pid, parked));
        theirs.Send("hello"u8);
        TcpPair.Drain(server, 5);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unpark_WhileSentBytesAreUnanswered_WaitsForTheirAnswer(bool parkIt) => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var server = listener.Accept();
        using var theirs = other.TakeConnection();
        theirs.SetRawSocketOption(LevelTcp, TcpUserTimeout, BitConverter.GetBytes(1000));

        var parked = parkIt ? KeepAlive.Park(other.Pid) : [];
        PacketLock.Apply("hpccr_keep", new LockSpec { Connections = [TcpPair.TupleOf(theirs)] });
        theirs.Send("hello"u8);
        var lived = !theirs.Poll(TimeSpan.FromSeconds(3), SelectMode.SelectRead);
        var early = KeepAlive.Unpark(other.Pid, parked, evenUnanswered: false);
        PacketLock.Remove("hpccr_keep");

        Assert.Equal(parkIt, lived);
        Assert.Empty(early);
        if (!parkIt)
            return;
        TcpPair.Drain(server, 5);
        Eventually.True(() => KeepAlive.Unpark(other.Pid, parked, evenUnanswered: false).Count == 1, () => "no answer");
        Assert.Equal((false, 1000), Timers(theirs));
    });

    [Fact]
    public void Park_OnAListener_ReportsItsTimeout_AndLeavesIt() => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        listener.SetRawSocketOption(LevelTcp, TcpUserTimeout, BitConverter.GetBytes(4000));

        Assert.Contains(KeepAlive.Park(Environment.ProcessId), socket => socket is { KeepAlive: false, UserTimeoutMs: 4000 });

        Assert.Equal((false, 4000), Timers(listener));
    });

    private static void SetTimers(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetRawSocketOption(LevelTcp, TcpUserTimeout, BitConverter.GetBytes(7000));
    }

    private static (bool KeepAlive, int UserTimeoutMs) Timers(Socket socket)
    {
        var timeout = new byte[4];
        socket.GetRawSocketOption(LevelTcp, TcpUserTimeout, timeout);
        return ((int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)! != 0, BitConverter.ToInt32(timeout));
    }
}
