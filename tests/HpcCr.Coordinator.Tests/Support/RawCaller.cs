using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace HpcCr.Coordinator.Tests.Support;

/// <summary>A caller who speaks HTTP/2 by hand, and says what no gRPC library would.</summary>
internal sealed class RawCaller : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Settings = 4;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public RawCaller(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    /// <summary>The beginning of every conversation.</summary>
    public void Begin() => Send([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])]);

    /// <summary>The headers of a call.</summary>
    public void Call(string method, int stream, string encoding = "identity", byte flags = EndHeaders) => Send(Frame(Headers, flags, stream,
    [
        .. Header(":method", "POST"), .. Header(":scheme", "http"), .. Header(":path", method), .. Header(":authority", "localhost"),
        .. Header("content-type", "application/grpc"), .. Header("te", "trailers"), .. Header("grpc-timeout", "100m"), .. Header("grpc-encoding", encoding),
    ]));

    /// <summary>One frame; its length need not be true.</summary>
    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload, int? length = null)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (length ?? payload.Length) << 8);
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>A message with the head that gRPC gives it; neither flag nor length need be true.</summary>
    public static byte[] Message(byte[] body, byte flag = 0, uint? length = null)
    {
        var message = new byte[5 + body.Length];
        message[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(1), length ?? (uint)body.Length);
        body.CopyTo(message, 5);
        return message;
    }

    /// <summary>A header that is in no table.</summary>
    public static byte[] Header(string name, string value) =>
        [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    /// <summary>Sends bytes; those that the other side no longer wants are lost.</summary>
    public void Send(byte[] bytes)
    {
        try
        {
            _socket.Send(bytes);
        }
        catch (SocketException)
        {
            // It has closed the connection already.
        }
    }

    /// <summary>Hears what comes back, for a moment or to the end.</summary>
    public void Listen()
    {
        _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var buffer = new byte[16384];
        try
        {
            while (_socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // It waits for more, or has closed the connection hard.
        }
    }

    public void Dispose() => _socket.Dispose();
}
