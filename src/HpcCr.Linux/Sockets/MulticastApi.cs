using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace HpcCr.Linux;

/// <summary>The multicast options of ip(7) and ipv6(7) that are structures (linux/in.h): group_req, group_source_req, group_filter.</summary>
internal static unsafe partial class MulticastApi
{
    internal const int LevelIPv4 = 0;
    internal const int LevelIPv6 = 41;
    private const int JoinGroup = 42;
    private const int BlockSource = 43;
    private const int JoinSource = 46;
    private const int Filter = 48;
    private const int AddressAt = 8;
    private const int AddressBytes = 128;
    private const int ModeAt = AddressAt + AddressBytes;
    private const int CountAt = ModeAt + 4;
    private const int SourcesAt = CountAt + 4;
    private const int MaximumSources = 128;
    private const int NameBytes = 16;

    /// <summary>The sources of a group that a socket is a member of; null when it is none. Including says that they alone count.</summary>
    internal static (bool IsIncluding, IReadOnlyList<IPAddress> Sources)? SourcesOf(ForeignSocket socket, int level, IPAddress group, uint index)
    {
        var filter = new byte[SourcesAt + (MaximumSources * AddressBytes)];
        BitConverter.TryWriteBytes(filter, index);
        WriteAddress(filter.AsSpan(AddressAt), group);
        BitConverter.TryWriteBytes(filter.AsSpan(CountAt), MaximumSources);
        if (!socket.TryGet(level, Filter, filter))
            return null;
        var count = Math.Min(BitConverter.ToInt32(filter, CountAt), MaximumSources);
        return (BitConverter.ToInt32(filter, ModeAt) == 1,
            [.. Enumerable.Range(0, count).Select(i => ReadAddress(filter.AsSpan(SourcesAt + (i * AddressBytes), AddressBytes)))]);
    }

    /// <summary>Makes a socket a member.</summary>
    /// <exception cref="LinuxException">The kernel refused; EADDRINUSE: it is one already.</exception>
    internal static void Join(ForeignSocket socket, int level, MulticastGroup group, uint index)
    {
        var address = IPAddress.Parse(group.Address);
        if (!group.IsIncluding)
            socket.Set(level, JoinGroup, Request(index, address, null), "MCAST_JOIN_GROUP");
        foreach (var source in group.Sources ?? [])
        {
            socket.Set(level, group.IsIncluding ? JoinSource : BlockSource, Request(index, address, IPAddress.Parse(source)),
                group.IsIncluding ? "MCAST_JOIN_SOURCE_GROUP" : "MCAST_BLOCK_SOURCE");
        }
    }

    /// <summary>The number of an interface; 0 when there is none of that name.</summary>
    internal static uint IndexOf(string name) => NameToIndex(name);

    /// <summary>The name of an interface; null when there is none.</summary>
    internal static string? NameOf(uint index)
    {
        var name = stackalloc byte[NameBytes];
        return IndexToName(index, name) != null ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)) : null;
    }

    private static byte[] Request(uint index, IPAddress group, IPAddress? source)
    {
        var request = new byte[AddressAt + (AddressBytes * (source is null ? 1 : 2))];
        BitConverter.TryWriteBytes(request, index);
        WriteAddress(request.AsSpan(AddressAt), group);
        if (source is not null)
            WriteAddress(request.AsSpan(AddressAt + AddressBytes), source);
        return request;
    }

    // struct sockaddr_in and sockaddr_in6, without a port.
    private static void WriteAddress(Span<byte> to, IPAddress address)
    {
        var isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        BinaryPrimitives.WriteUInt16LittleEndian(to, isIPv6 ? (ushort)10 : (ushort)2);
        address.TryWriteBytes(to[(isIPv6 ? 8 : 4)..], out _);
    }

    private static IPAddress ReadAddress(ReadOnlySpan<byte> from) =>
        BinaryPrimitives.ReadUInt16LittleEndian(from) == 10 ? new IPAddress(from[8..24]) : new IPAddress(from[4..8]);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint NameToIndex(string name);

    [LibraryImport("libc", EntryPoint = "if_indextoname", SetLastError = true)]
    private static partial byte* IndexToName(uint index, byte* name);
}
