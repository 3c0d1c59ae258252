using System.Buffers.Binary;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A TCP connection of ours that another process is to go on with, under the same ends.</summary>
/// <param name="socket">Its descriptor; closed with this.</param>
public sealed class OwnConnection(SafeFileHandle socket) : IDisposable
{
    private const int LargestQueue = 64 << 20;
    private const int MaximumSegmentSize = 2;
    private const int RepairQueue = 20;
    private const int QueueSequence = 21;
    private const int Timestamp = 24;
    private const int RepairWindow = 29;
    private const int ReceiveQueue = 1;
    private const int SendQueue = 2;
    private const int RepairOffSilently = -1; // TCP_REPAIR_OFF_NO_WP
    private const int InfoOptions = 5;
    private const int InfoWindowScales = 6;
    private const int WindowWords = 5;
    private const int AddressBytes = 28;
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;

    /// <summary>Its ends, IPv4 ones not mapped; null where it is no established TCP connection.</summary>
    public unsafe TcpTuple? Ends
    {
        get
        {
            var own = stackalloc byte[AddressBytes];
            var peer = stackalloc byte[AddressBytes];
            uint ownLength = AddressBytes, peerLength = AddressBytes;
            if (SocketNative.GetName(socket, own, ref ownLength) != 0 || SocketNative.GetPeer(socket, peer, ref peerLength) != 0)
                return null;
            return Parse(new(own, AddressBytes)) is { } local && Parse(new(peer, AddressBytes)) is { } remote && TryInfo() is { } info && InetDiagFormat.ReadInfo(info).State == TcpState.Established
                ? new TcpTuple(local, remote).Normalised
                : null;
        }
    }

    /// <summary>
    /// Whether it lives in the calling thread's network namespace. One of another may have any ends, also those that its owner could never have had
    /// here: a privileged port, another host's address.
    /// </summary>
    /// <exception cref="LinuxException">The kernel's tables cannot be read.</exception>
    public bool IsHere
    {
        get
        {
            uint length = sizeof(ulong);
            if (SocketNative.GetOption(socket, SocketNative.LevelSocket, SocketNative.Cookie, out ulong cookie, ref length) != 0)
                throw LinuxException.Last("getsockopt(SO_COOKIE)");
            return SockDiag.ListTcp().Any(here => here.Cookie == cookie);
        }
    }

    /// <summary>
    /// Reads it and silences it: from now on it sends nothing, and closing its descriptors tells the peer nothing. Packets of the peer must be held back
    /// already: a kernel without the socket would answer them with a reset.
    /// </summary>
    /// <exception cref="LinuxException">Not allowed (EPERM: needs CAP_NET_ADMIN), or it is no connection any more.</exception>
    public TcpSnapshot Take()
    {
        Set(SocketNative.TcpRepair, 1, "TCP_REPAIR");
        var info = TryInfo() ?? throw LinuxException.Last("getsockopt(TCP_INFO)");
        var (receiveSequence, received) = Queue(ReceiveQueue);
        var (sendSequence, sent) = Queue(SendQueue);
        var windows = Get(RepairWindow, WindowWords * sizeof(uint), "TCP_REPAIR_WINDOW");
        return new TcpSnapshot
        {
            ReceiveSequence = receiveSequence,
            SendSequence = sendSequence,
            Received = received,
            Sent = sent,
            Unsent = InetDiagFormat.ReadInfo(info).Unsent,
            Options = info[InfoOptions],
            SendWindowScale = (byte)(info[InfoWindowScales] & 0xf),
            ReceiveWindowScale = (byte)(info[InfoWindowScales] >> 4),
            MaximumSegment = Word(MaximumSegmentSize, "TCP_MAXSEG"),
            Timestamp = Word(Timestamp, "TCP_TIMESTAMP"),
            Windows = [.. Enumerable.Range(0, WindowWords).Select(i => BitConverter.ToUInt32(windows, i * sizeof(uint)))],
        };
    }

    /// <summary>After <see cref="Take"/>: it speaks again, so that closing it tells the peer.</summary>
    /// <exception cref="LinuxException">Not allowed.</exception>
    public void GiveBack() => Set(SocketNative.TcpRepair, RepairOffSilently, "TCP_REPAIR");

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    // What is peeked at in repair is the queue that TCP_REPAIR_QUEUE names, and stays there.
    private unsafe (uint Sequence, byte[] Bytes) Queue(int queue)
    {
        Set(RepairQueue, queue, "TCP_REPAIR_QUEUE");
        var sequence = Word(QueueSequence, "TCP_QUEUE_SEQ");
        for (var size = 64 << 10; size <= LargestQueue; size *= 2)
        {
            var buffer = new byte[size];
            nint length;
            fixed (byte* at = buffer)
                length = SocketNative.Receive(socket, at, (nuint)size, SocketNative.Peek | SocketNative.DontWait);
            if (length < 0 && LinuxException.Last("recv(MSG_PEEK)") is var failure && failure.Errno != Errno.EAGAIN)
                throw failure;
            if (length < size)
                return (sequence, buffer[..(int)Math.Max(0, length)]);
        }

        throw new LinuxException("recv(MSG_PEEK)", Errno.ENOMEM);
    }

    private unsafe byte[]? TryInfo()
    {
        var info = new byte[InetDiagFormat.InfoBytes];
        uint length = InetDiagFormat.InfoBytes;
        fixed (byte* at = info)
            return SocketNative.GetOption(socket, SocketNative.LevelTcp, SocketNative.TcpInfo, at, ref length) == 0 ? info : null;
    }

    private uint Word(int option, string name) => BitConverter.ToUInt32(Get(option, sizeof(uint), name));

    private unsafe byte[] Get(int option, int bytes, string name)
    {
        var value = new byte[bytes];
        var length = (uint)bytes;
        fixed (byte* at = value)
        {
            if (SocketNative.GetOption(socket, SocketNative.LevelTcp, option, at, ref length) != 0)
                throw LinuxException.Last($"getsockopt({name})");
        }

        return value;
    }

    private void Set(int option, int value, string name)
    {
        if (SocketNative.SetOption(socket, SocketNative.LevelTcp, option, value, sizeof(int)) != 0)
            throw LinuxException.Last($"setsockopt({name}, {value})");
    }

    // struct sockaddr_in and sockaddr_in6.
    private static IPEndPoint? Parse(ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) switch
        {
            FamilyIPv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            FamilyIPv6 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BitConverter.ToUInt32(address[24..])), port),
            _ => null,
        };
    }
}
