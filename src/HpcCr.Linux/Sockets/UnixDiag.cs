using System.Text;

namespace HpcCr.Linux;

/// <summary>The unix sockets of the calling thread's network namespace, through NETLINK_SOCK_DIAG (linux/unix_diag.h).</summary>
/// <remarks>
/// struct unix_diag_req (24 bytes): family, protocol, pad (u16), states, inode, show (u32 each), cookie (u32 twice).
/// struct unix_diag_msg (16 bytes): family, type, state, pad, inode (u32), cookie (u32 twice); then attributes.
/// </remarks>
public static class UnixDiag
{
    private const int RequestBytes = 24;
    private const int MessageBytes = 16;
    private const byte Family = 1;
    private const byte Datagram = 2;
    private const uint ShowNameAndPeer = 0x5;
    private const int AttributeName = 0;
    private const int AttributePeer = 2;
    private const int AttributeWaiting = 3;
    private const uint ShowNameAndWaiting = 0x9;
    private const uint Listening = 1 << 10;

    /// <summary>Lists every unix socket.</summary>
    /// <exception cref="LinuxException">The kernel refused, or the list changed under the reading time and again (EAGAIN).</exception>
    public static IReadOnlyList<UnixSocketInfo> List() => SocketDump.Whole<UnixSocketInfo>(Dump);

    /// <summary>Lists the sockets that listen, with the inodes of those that wait to be accepted; 0 for one that was closed meanwhile.</summary>
    /// <exception cref="LinuxException">As for <see cref="List"/>.</exception>
    public static IReadOnlyList<(uint Inode, string Path, IReadOnlyList<uint> Clients)> Listeners() =>
        SocketDump.Whole<(uint, string, IReadOnlyList<uint>)>((socket, found) => SocketDump.Add(socket, Request(Listening, ShowNameAndWaiting), found, ReadListener));

    private static bool Dump(NetlinkSocket socket, List<UnixSocketInfo> found) => SocketDump.Add(socket, Request(uint.MaxValue, ShowNameAndPeer), found, Read);

    private static byte[] Request(uint states, uint show)
    {
        var request = new byte[RequestBytes];
        request[0] = Family;
        BitConverter.TryWriteBytes(request.AsSpan(4), states);
        BitConverter.TryWriteBytes(request.AsSpan(12), show);
        return request;
    }

    private static (uint Inode, string Path, IReadOnlyList<uint> Clients) ReadListener(ReadOnlySpan<byte> message)
    {
        var clients = new List<uint>();
        for (var rest = message[Math.Min(MessageBytes, message.Length)..]; rest.Length >= 4;)
        {
            var length = BitConverter.ToUInt16(rest);
            if (length < 4 || length > rest.Length)
                break;
            if (BitConverter.ToUInt16(rest[2..]) == AttributeWaiting)
                for (var at = 4; at + 4 <= length; at += 4)
                    clients.Add(BitConverter.ToUInt32(rest[at..]));
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        var info = Read(message);
        return (info.Inode, info.Path, clients);
    }

    private static UnixSocketInfo Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < MessageBytes)
            throw new LinuxException("recv(NETLINK_SOCK_DIAG): short unix_diag_msg", Errno.EIO);
        uint peer = 0;
        var path = "";
        for (var rest = message[MessageBytes..]; rest.Length >= 4;)
        {
            var length = BitConverter.ToUInt16(rest);
            if (length < 4 || length > rest.Length)
                break;
            if (BitConverter.ToUInt16(rest[2..]) == AttributePeer && length >= 8)
                peer = BitConverter.ToUInt32(rest[4..]);
            // The names of the abstract kind begin with a zero.
            if (BitConverter.ToUInt16(rest[2..]) == AttributeName && length > 4 && rest[4] != 0)
                path = Encoding.UTF8.GetString(rest[4..length]).TrimEnd('\0');
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return new UnixSocketInfo(BitConverter.ToUInt32(message[4..]), peer, message[1] == Datagram, path);
    }
}
