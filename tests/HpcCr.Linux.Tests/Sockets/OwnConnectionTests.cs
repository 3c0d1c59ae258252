using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux.Tests;

/// <summary>Connections that are taken over, in the real kernel; that a restored job goes on with them is shown by system tests.</summary>
public sealed class OwnConnectionTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    public void Take_TellsWhatThePeerKnows_AndClosingTellsThePeerNothing(string listen, string connect) => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair(IPAddress.Parse(listen), IPAddress.Parse(connect));
        pair.Client.Send("hello"u8);
        pair.Server.Send("unread"u8);
        Eventually.True(() => pair.Client.Available == 6 && pair.ServerInfo.InFlight == 0, () => "what was sent did not arrive");
        using var client = Own(pair.Client);
        using var server = Own(pair.Server);
        Assert.Equal(TcpPair.TupleOf(pair.Client), client.Ends);

        var (mine, theirs) = (client.Take(), server.Take());

        Assert.Equal("unread"u8.ToArray(), mine.Received);
        Assert.Equal("hello"u8.ToArray(), theirs.Received);
        Assert.Equal((0, 0u), (mine.Sent.Length, mine.Unsent));
        Assert.Equal((mine.SendSequence, mine.ReceiveSequence), (theirs.ReceiveSequence, theirs.SendSequence));
        Assert.Equal((mine.SendWindowScale, mine.ReceiveWindowScale), (theirs.ReceiveWindowScale, theirs.SendWindowScale));
        Assert.Equal((mine.Options, mine.MaximumSegment), (theirs.Options, theirs.MaximumSegment));
        Assert.Equal(mine.ReceiveSequence, mine.Windows[4]);
        server.GiveBack();
        pair.Client.Dispose();
        client.Dispose();
        Assert.Equal(TcpState.Established, pair.ServerInfo.State);
    });

    [Fact]
    public void Take_OfAFullSendQueue_HasItsBytes() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        var written = TcpPair.Fill(pair.Client);
        Eventually.True(() => pair.ClientInfo.UnackedSegments == 0, () => "what was sent was not acknowledged");
        using var client = Own(pair.Client);
        using var server = Own(pair.Server);
        var (mine, theirs) = (client.Take(), server.Take());
        Assert.Equal(written, mine.Sent.Length + theirs.Received.Length);
        Assert.Equal((uint)mine.Sent.Length, mine.Unsent);
        Assert.Equal(mine.SendSequence - mine.Unsent, theirs.ReceiveSequence);
    });

    [Fact]
    public void GiveBack_LetsItSpeakAgain() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        using var client = Own(pair.Client);
        client.Take();
        client.GiveBack();
        pair.Client.Send("again"u8);
        TcpPair.Drain(pair.Server, 5);
    });

    [Fact]
    public void Ends_OfWhatIsNoEstablishedTcpConnection_AreNone() => PrivateNetwork.Run(() =>
    {
        using var pair = new TcpPair();
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        datagrams.Connect(IPAddress.Loopback, 9);
        using var file = File.OpenHandle("/dev/null");
        using var datagramEnd = Own(datagrams);
        using var listener = Own(pair.Listener);
        using var fileEnd = new OwnConnection(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false));
        Assert.All(new[] { datagramEnd, listener, fileEnd }, end => Assert.Null(end.Ends));
        using var client = Own(pair.Client);
        Assert.NotNull(client.Ends);
        pair.Server.Shutdown(SocketShutdown.Send);
        Eventually.True(() => client.Ends is null, () => "the end did not arrive");
    });

    [Fact]
    public void ASocketOfAnotherNetworkNamespace_IsNotHere()
    {
        OwnConnection? foreign = null;
        PrivateNetwork.Run(() =>
        {
            using var pair = new TcpPair();
            using var own = Own(pair.Client);
            Assert.True(own.IsHere);
            foreign = new OwnConnection(new SafeFileHandle(pair.Client.SafeHandle.DangerousGetHandle(), ownsHandle: false));
            PrivateNetwork.Run(() => Assert.False(foreign.IsHere));
        });
    }

    private static OwnConnection Own(Socket socket) => new(new SafeFileHandle(socket.Handle, ownsHandle: false));
}
