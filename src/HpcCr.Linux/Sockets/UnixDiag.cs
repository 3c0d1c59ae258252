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

    /// <summary>Lists every unix socket.</summary>
    /// <exception cref="LinuxException">The kernel refused, or the list changed under the reading time and again (EAGAIN).</exception>
    public static IReadOnlyList<UnixSocketInfo> List() => SocketDump.Whole<UnixSocketInfo>(Dump);

    private static bool Dump(NetlinkSocket socket, List<UnixSocketInfo> found)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        request[0] = Family;
        BitConverter.TryWriteBytes(request[4..], uint.MaxValue);
        BitConverter.TryWriteBytes(request[12..], ShowNameAndPeer);
        return SocketDump.Add(socket, request, found, Read);
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
