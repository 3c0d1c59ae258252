using System.Runtime.InteropServices;
using System.Text;

namespace HpcCr.Linux;

/// <summary>What kind of socket a descriptor is, in the kernel's own word for it, as lsof(8) shows it: the socket itself is not touched.</summary>
public static unsafe partial class SocketProtocol
{
    private const int LongestName = 64;

    /// <summary>The protocol of a socket.</summary>
    /// <param name="path">A descriptor's link in /proc.</param>
    /// <returns><c>TCP</c>, <c>UDPv6</c>, <c>UNIX-STREAM</c>, <c>NETLINK</c>, <c>MPTCP</c>, <c>AF_VSOCK</c>...; null when it is gone or is no socket.</returns>
    public static string? Of(string path)
    {
        var name = stackalloc byte[LongestName];
        var length = GetAttribute(path, "system.sockprotoname", name, LongestName);
        return length > 0 ? Encoding.ASCII.GetString(name, (int)length).TrimEnd('\0') : null;
    }

    [LibraryImport("libc", EntryPoint = "getxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(string path, string name, byte* value, nuint size);
}
