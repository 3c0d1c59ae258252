using System.Net;
using System.Net.Sockets;

namespace HpcCr.Linux.Tests;

/// <summary>A listener, a client and the connection between them, in the calling thread's network namespace.</summary>
internal sealed class TcpPair : IDisposable
{
    // A Socket forgets its peer at Shutdown.
    private readonly TcpTuple _tuple;

    internal TcpPair(IPAddress? listenOn = null, IPAddress? connectTo = null)
    {
        listenOn ??= IPAddress.Loopback;
        connectTo ??= listenOn;
        Listener = Listen(listenOn);
        var port = ((IPEndPoint)Listener.LocalEndPoint!).Port;
        Client = new Socket(connectTo.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        Client.Connect(new IPEndPoint(connectTo, port));
        Server = Listener.Accept();
        _tuple = TupleOf(Client);
    }

    internal Socket Listener { get; }

    internal Socket Client { get; }

    internal Socket Server { get; }

    internal int Port => ((IPEndPoint)Listener.LocalEndPoint!).Port;

    internal TcpSocketInfo ClientInfo => InfoOf(_tuple);

    internal TcpSocketInfo ServerInfo => InfoOf(_tuple.Reversed);

    internal static Socket Listen(IPAddress address, int backlog = 16)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (address.Equals(IPAddress.IPv6Any))
            listener.DualMode = true;
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen(backlog);
        return listener;
    }

    /// <summary>A socket's connection in the form of its packets.</summary>
    internal static TcpTuple TupleOf(Socket socket) => new TcpTuple((IPEndPoint)socket.LocalEndPoint!, (IPEndPoint)socket.RemoteEndPoint!).Normalised;

    private static TcpSocketInfo InfoOf(TcpTuple tuple) => Assert.Single(SockDiag.ListTcp(), info => info.Tuple == tuple);

    /// <summary>Writes until the kernel takes no more; returns the bytes taken.</summary>
    internal static int Fill(Socket socket, int limit = int.MaxValue)
    {
        socket.Blocking = false;
        var block = new byte[65536];
        var written = 0;
        while (written < limit)
        {
            var count = socket.Send(block, 0, Math.Min(block.Length, limit - written), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                break;
            Assert.Equal(SocketError.Success, error);
            written += count;
        }
        socket.Blocking = true;
        return written;
    }

    /// <summary>Reads that many bytes.</summary>
    internal static void Drain(Socket socket, int bytes)
    {
        socket.ReceiveTimeout = 10_000;
        var block = new byte[65536];
        while (bytes > 0)
        {
            var count = socket.Receive(block, 0, Math.Min(block.Length, bytes), SocketFlags.None);
            Assert.NotEqual(0, count);
            bytes -= count;
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
        Listener.Dispose();
    }
}
