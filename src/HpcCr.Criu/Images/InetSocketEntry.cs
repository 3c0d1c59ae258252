using System.Net;
using System.Net.Sockets;

namespace HpcCr.Criu.Images;

/// <summary>The inet_sk_entry within an entry of files.img: read, and changed where it may be.</summary>
internal static class InetSocketEntry
{
    private const int EntryField = 4;
    private const int Id = 1;
    private const int Inode = 2;
    private const int Family = 3;
    private const int Type = 4;
    private const int Protocol = 5;
    private const int State = 6;
    private const int SourcePort = 7;
    private const int DestinationPort = 8;
    private const int SourceAddress = 11;
    private const int DestinationAddress = 12;
    private const int Options = 14;
    private const int V6Only = 15;
    private const int Shutdown = 19;
    private const int KeepAlive = 19; // within Options
    private const uint FamilyV4 = 2;
    private const uint FamilyV6 = 10;

    /// <summary>The socket that an entry of files.img describes; null when it describes something else.</summary>
    /// <exception cref="ImageFormatException">The entry is damaged.</exception>
    public static InetSocket? Read(WireMessage file)
    {
        if (file.GetMessage(EntryField) is not { } entry) return null;
        var family = entry.RequireUInt32(Family) switch
        {
            FamilyV4 => AddressFamily.InterNetwork,
            FamilyV6 => AddressFamily.InterNetworkV6,
            var other => throw new ImageFormatException($"a socket has family {other}, neither IPv4 nor IPv6"),
        };
        return new InetSocket
        {
            Id = entry.RequireUInt32(Id),
            Inode = entry.RequireUInt32(Inode),
            Family = family,
            Type = (SocketType)entry.RequireUInt32(Type),
            Protocol = (ProtocolType)entry.RequireUInt32(Protocol),
            State = (byte)Small(entry, State, byte.MaxValue),
            Source = new IPEndPoint(Address(entry, SourceAddress, family), Small(entry, SourcePort, IPEndPoint.MaxPort)),
            Destination = new IPEndPoint(Address(entry, DestinationAddress, family), Small(entry, DestinationPort, IPEndPoint.MaxPort)),
            IPv6Only = entry.GetFlag(V6Only),
            KeepAlive = entry.GetMessage(Options)?.GetFlag(KeepAlive) ?? false,
            Shutdown = entry.GetVarint(Shutdown) switch
            {
                1 => SocketShutdown.Receive,
                2 => SocketShutdown.Send,
                3 => SocketShutdown.Both,
                _ => null,
            },
        };
    }

    /// <summary>Writes both ends, the state and the keepalive flag into the entry.</summary>
    public static void Write(WireMessage file, InetSocket socket)
    {
        var entry = file.GetMessage(EntryField)!;
        entry.SetVarint(State, socket.State);
        entry.SetVarint(SourcePort, (uint)socket.Source.Port);
        entry.SetVarint(DestinationPort, (uint)socket.Destination.Port);
        entry.SetUInt32s(SourceAddress, Words(socket.Source.Address));
        entry.SetUInt32s(DestinationAddress, Words(socket.Destination.Address));
        if (entry.GetMessage(Options) is { } options && options.GetFlag(KeepAlive) != socket.KeepAlive)
        {
            options.SetVarint(KeepAlive, socket.KeepAlive ? 1u : 0u);
            entry.SetMessage(Options, options);
        }

        file.SetMessage(EntryField, entry);
    }

    // The words are the bytes of the address as they stand in memory: in network order, whatever the machine's.
    private static IPAddress Address(WireMessage entry, int field, AddressFamily family)
    {
        var words = entry.GetUInt32s(field);
        var expected = family == AddressFamily.InterNetwork ? 1 : 4;
        if (words.Count != expected) throw new ImageFormatException($"the address of a socket has {words.Count} words instead of {expected}");
        Span<byte> bytes = stackalloc byte[expected * sizeof(uint)];
        for (var i = 0; i < expected; i++) BitConverter.TryWriteBytes(bytes[(i * sizeof(uint))..], words[i]);
        return new IPAddress(bytes);
    }

    private static uint[] Words(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return [.. Enumerable.Range(0, bytes.Length / sizeof(uint)).Select(i => BitConverter.ToUInt32(bytes, i * sizeof(uint)))];
    }

    private static int Small(WireMessage entry, int field, int maximum)
    {
        var value = entry.RequireUInt32(field);
        return value <= maximum ? (int)value : throw new ImageFormatException($"field {field} of a socket is {value}; at most {maximum} can be");
    }
}
