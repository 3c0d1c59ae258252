using System.Net;
using System.Net.Sockets;

namespace HpcCr.Linux.Tests;

public sealed class DelayedAcknowledgementsTests
{
    private const int LevelTcp = 6;
    private const int QuickAck = 12;
    private const int Attempts = 50;

    [Fact]
    public void Send_OnAnotherProcess_SendsWhatIsHeldBack_AndKeepsTheSocketsHabit() => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var server = listener.Accept();
        using var theirs = other.TakeConnection();
        var inodes = SocketInodes.Of(other.Pid).ToHashSet();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            theirs.SetRawSocketOption(LevelTcp, QuickAck, BitConverter.GetBytes(0));
            server.Send("hello"u8);
            TcpPair.Drain(theirs, 5);
            var heldBack = InFlight(server);

            DelayedAcknowledgements.Send(other.Pid, inodes);

            Assert.Equal(0u, InFlight(server));
            Assert.Equal(0, Quick(theirs));
            // Else the kernel was quicker than this test, and nothing is shown.
            if (heldBack == 5)
                return;
        }

        Assert.Fail($"in {Attempts} attempts no acknowledgement was held back");
    });

    [Fact]
    public void Send_WhereNothingIsHeldBack_ChangesNothing() => PrivateNetwork.Run(() =>
    {
        using var listener = TcpPair.Listen(IPAddress.Loopback);
        using var other = new OtherProcess(((IPEndPoint)listener.LocalEndPoint!).Port);
        using var server = listener.Accept();
        using var theirs = other.TakeConnection();
        theirs.SetRawSocketOption(LevelTcp, QuickAck, BitConverter.GetBytes(1));

        DelayedAcknowledgements.Send(other.Pid, SocketInodes.Of(other.Pid).ToHashSet());

        Assert.Equal(1, Quick(theirs));
        DelayedAcknowledgements.Send(int.MaxValue, new HashSet<uint>());
    });

    private static uint InFlight(Socket socket) => SockDiag.ListTcp().Single(s => s.Tuple == TcpPair.TupleOf(socket)).InFlight;

    private static int Quick(Socket socket)
    {
        var value = new byte[sizeof(int)];
        socket.GetRawSocketOption(LevelTcp, QuickAck, value);
        return BitConverter.ToInt32(value);
    }
}
