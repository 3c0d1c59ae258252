using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A NETLINK_SOCK_DIAG socket of the calling thread's network namespace.</summary>
internal sealed class NetlinkSocket : IDisposable
{
    // A dump fills at most 32 KiB at a time, and only when the reader offers as much.
    private const int BufferBytes = 65536;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly SafeFileHandle _socket;
    private uint _sequence;
    private int _received;
    private int _offset;

    internal NetlinkSocket()
    {
        var descriptor = NetlinkNative.Socket(NetlinkNative.AfNetlink, NetlinkNative.SockRaw | NetlinkNative.SockCloseOnExec, NetlinkNative.NetlinkSockDiag);
        if (descriptor < 0)
            throw LinuxException.Last("socket(NETLINK_SOCK_DIAG)");
        _socket = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Sends one request.</summary>
    /// <exception cref="LinuxException">The kernel refused to take it.</exception>
    internal unsafe void Send(ushort type, ushort flags, ReadOnlySpan<byte> payload)
    {
        var length = NetlinkMessage.HeaderBytes + payload.Length;
        Span<byte> message = stackalloc byte[length];
        BitConverter.TryWriteBytes(message, length);
        BitConverter.TryWriteBytes(message[4..], type);
        BitConverter.TryWriteBytes(message[6..], flags);
        BitConverter.TryWriteBytes(message[8..], ++_sequence);
        BitConverter.TryWriteBytes(message[12..], 0);
        payload.CopyTo(message[NetlinkMessage.HeaderBytes..]);
        fixed (byte* start = message)
        {
            if (NetlinkNative.Send(_socket, start, length, 0) != length)
                throw LinuxException.Last("send(NETLINK_SOCK_DIAG)");
        }
    }

    /// <summary>The next message that answers the last request; it lives until the next call.</summary>
    /// <exception cref="LinuxException">Reading failed, or what was read is not netlink.</exception>
    internal NetlinkMessage Next()
    {
        while (true)
        {
            if (_offset >= _received)
                Fill();
            var rest = _buffer.AsSpan(_offset, _received - _offset);
            var length = rest.Length < NetlinkMessage.HeaderBytes ? 0 : BitConverter.ToInt32(rest);
            if (length < NetlinkMessage.HeaderBytes || length > rest.Length)
                throw new LinuxException("recv(NETLINK_SOCK_DIAG): malformed message", Errno.EIO);
            _offset += (length + 3) & ~3;
            if (BitConverter.ToUInt32(rest[8..]) != _sequence)
                continue;
            return new NetlinkMessage(BitConverter.ToUInt16(rest[4..]), BitConverter.ToUInt16(rest[6..]), rest[NetlinkMessage.HeaderBytes..length]);
        }
    }

    public void Dispose() => _socket.Dispose();

    private unsafe void Fill()
    {
        fixed (byte* start = _buffer)
        {
            nint got;
            do
            {
                got = NetlinkNative.Receive(_socket, start, BufferBytes, NetlinkNative.MsgTrunc);
            }
            while (got < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
            if (got < 0)
                throw LinuxException.Last("recv(NETLINK_SOCK_DIAG)");
            if (got > BufferBytes)
                throw new LinuxException("recv(NETLINK_SOCK_DIAG): message cut off", Errno.EIO);
            (_received, _offset) = ((int)got, 0);
        }
    }
}
