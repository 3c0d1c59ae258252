using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace HpcCr.Linux;

/// <summary>The layouts of linux/inet_diag.h: requests out, socket descriptions in.</summary>
/// <remarks>
/// struct inet_diag_req_v2 (56 bytes): family, protocol, ext, pad, states (u32), id (48).
/// struct inet_diag_msg (72 bytes): family, state, timer, retrans, id (48), expires, rqueue, wqueue, uid, inode (u32 each); then attributes.
/// struct inet_diag_sockid (48 bytes): sport, dport (big endian), src[16], dst[16], if (u32), cookie[2] (low word first).
/// </remarks>
internal static class InetDiagFormat
{
    internal const ushort SockDiagByFamily = 20;
    internal const ushort SockDestroy = 21;
    internal const int RequestBytes = 56;
    internal const int InfoBytes = 232;
    internal const byte FamilyIPv4 = 2;
    internal const byte FamilyIPv6 = 10;

    private const byte ProtocolTcp = 6;
    private const int MessageBytes = 72;
    private const byte ExtensionInfo = 1 << (AttributeInfo - 1);
    private const int AttributeInfo = 2;
    private const int AttributeV6Only = 11;
    private const int AttributeCgroupId = 21;
    private const int InfoRetransmits = 2;
    private const int InfoProbes = 3;
    private const int InfoBackoff = 4;
    private const int InfoUnacked = 24;
    private const int InfoNotSent = 144;
    private const int InfoSendWindow = 228;

    /// <summary>A request for every TCP socket of a family, in every state.</summary>
    internal static void WriteDump(Span<byte> request, byte family)
    {
        request[..RequestBytes].Clear();
        request[0] = family;
        request[1] = ProtocolTcp;
        request[2] = ExtensionInfo;
        BitConverter.TryWriteBytes(request[4..], uint.MaxValue);
    }

    /// <summary>A request that names exactly one socket.</summary>
    internal static void WriteOne(Span<byte> request, TcpSocketInfo socket)
    {
        request[..RequestBytes].Clear();
        var v6 = socket.Family == AddressFamily.InterNetworkV6;
        request[0] = v6 ? FamilyIPv6 : FamilyIPv4;
        request[1] = ProtocolTcp;
        BitConverter.TryWriteBytes(request[4..], uint.MaxValue);
        var id = request[8..];
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)socket.Local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(id[2..], (ushort)socket.Remote.Port);
        WriteAddress(id[4..20], socket.Local.Address, v6);
        WriteAddress(id[20..36], socket.Remote.Address, v6);
        BitConverter.TryWriteBytes(id[36..], socket.Interface);
        BitConverter.TryWriteBytes(id[40..], socket.Cookie);
    }

    /// <summary>Reads one socket description.</summary>
    /// <exception cref="LinuxException">The message is too short to be one.</exception>
    internal static TcpSocketInfo Read(ReadOnlySpan<byte> message)
    {
        if (message.Length < MessageBytes)
            throw new LinuxException("recv(NETLINK_SOCK_DIAG): short inet_diag_msg", Errno.EIO);
        var v6 = message[0] == FamilyIPv6;
        var state = (TcpState)message[1];
        var id = message[4..];
        uint unsent = 0, unacked = 0, window = 0;
        ulong cgroup = 0;
        var v6Only = false;
        for (var rest = message[MessageBytes..]; rest.Length >= 4;)
        {
            var length = BitConverter.ToUInt16(rest);
            if (length < 4 || length > rest.Length)
                break;
            var value = rest[4..length];
            switch (BitConverter.ToUInt16(rest[2..]))
            {
                case AttributeInfo when state != TcpState.Listen:
                    unacked = Field(value, InfoUnacked);
                    unsent = Field(value, InfoNotSent);
                    window = Field(value, InfoSendWindow);
                    break;
                case AttributeCgroupId when value.Length >= 8:
                    cgroup = BitConverter.ToUInt64(value);
                    break;
                case AttributeV6Only when value.Length >= 1:
                    v6Only = value[0] != 0;
                    break;
            }
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }
        return new TcpSocketInfo
        {
            Family = v6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            Local = new IPEndPoint(new IPAddress(id.Slice(4, v6 ? 16 : 4)), BinaryPrimitives.ReadUInt16BigEndian(id)),
            Remote = new IPEndPoint(new IPAddress(id.Slice(20, v6 ? 16 : 4)), BinaryPrimitives.ReadUInt16BigEndian(id[2..])),
            State = state,
            Interface = BitConverter.ToUInt32(id[36..]),
            Cookie = BitConverter.ToUInt64(id[40..]),
            ReceiveQueue = BitConverter.ToUInt32(message[56..]),
            SendQueue = BitConverter.ToUInt32(message[60..]),
            Uid = BitConverter.ToUInt32(message[64..]),
            Inode = BitConverter.ToUInt32(message[68..]),
            UnsentBytes = unsent,
            UnackedSegments = unacked,
            SendWindow = window,
            CgroupId = cgroup,
            IPv6Only = v6Only,
        };
    }

    /// <summary>State and unsent bytes from a struct tcp_info.</summary>
    internal static (TcpState State, uint Unsent) ReadInfo(ReadOnlySpan<byte> info) => ((TcpState)info[0], Field(info, InfoNotSent));

    /// <summary>How often segments or probes have been repeated without an answer, or timers doubled for it, from a struct tcp_info.</summary>
    internal static int ReadRepeated(ReadOnlySpan<byte> info) => info[InfoRetransmits] + info[InfoProbes] + info[InfoBackoff];

    // Older kernels give a shorter struct tcp_info.
    private static uint Field(ReadOnlySpan<byte> info, int offset) => info.Length >= offset + 4 ? BitConverter.ToUInt32(info[offset..]) : 0;

    private static void WriteAddress(Span<byte> target, IPAddress address, bool v6) =>
        (v6 ? address.MapToIPv6() : address).TryWriteBytes(target, out _);
}
