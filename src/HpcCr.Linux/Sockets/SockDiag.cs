namespace HpcCr.Linux;

/// <summary>The TCP sockets of the calling thread's network namespace, through NETLINK_SOCK_DIAG (sock_diag(7)).</summary>
public static class SockDiag
{
    /// <summary>
    /// Lists every TCP socket, IPv4 and IPv6, in every state; also those that no process has (inode 0): orphans, SYN_RECV, not yet accepted, TIME_WAIT.
    /// Sockets that open or close meanwhile may or may not be in it; none is in it twice.
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused, or the list changed under the reading time and again (EAGAIN).</exception>
    public static IReadOnlyList<TcpSocketInfo> ListTcp() => WithoutRepeats(SocketDump.Whole<TcpSocketInfo>((socket, found) =>
        Dump(socket, InetDiagFormat.FamilyIPv4, found) & Dump(socket, InetDiagFormat.FamilyIPv6, found)));

    /// <summary>
    /// Ends a socket in whatever state it is (SOCK_DESTROY): a connection is reset (no packet leaves while it is locked), an orphan, a half-open or a TIME_WAIT one is forgotten,
    /// a listener stops. What a process holds stays open as a descriptor, with ECONNABORTED.
    /// </summary>
    /// <param name="socket">The very socket: the kernel compares the cookie too.</param>
    /// <returns>False when it was gone already.</returns>
    /// <exception cref="LinuxException">Not allowed (EPERM: needs CAP_NET_ADMIN), or the kernel cannot (EOPNOTSUPP: built without INET_DIAG_DESTROY).</exception>
    public static bool Destroy(TcpSocketInfo socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> request = stackalloc byte[InetDiagFormat.RequestBytes];
        InetDiagFormat.WriteOne(request, socket);
        using var netlink = new NetlinkSocket();
        netlink.Send(InetDiagFormat.SockDestroy, NetlinkMessage.FlagRequest | NetlinkMessage.FlagAck, request);
        var answer = netlink.Next();
        return answer.Type != NetlinkMessage.Error || answer.ErrorNumber is 0 || (answer.ErrorNumber is Errno.ENOENT
            ? false
            : throw new LinuxException($"SOCK_DESTROY({socket})", answer.ErrorNumber));
    }

    /// <summary>Reads one family; false when the kernel says that the list changed meanwhile.</summary>
    private static bool Dump(NetlinkSocket socket, byte family, List<TcpSocketInfo> found)
    {
        Span<byte> request = stackalloc byte[InetDiagFormat.RequestBytes];
        InetDiagFormat.WriteDump(request, family);
        // A kernel without IPv6 has no handler for it.
        return SocketDump.Add(socket, request, found, InetDiagFormat.Read, noneIfMissing: true);
    }

    // A bucket of the kernel's table that spans two reads and changes between them repeats a socket.
    private static List<TcpSocketInfo> WithoutRepeats(List<TcpSocketInfo> found)
    {
        var seen = new HashSet<ulong>(found.Count);
        found.RemoveAll(socket => !seen.Add(socket.Cookie));
        return found;
    }
}
