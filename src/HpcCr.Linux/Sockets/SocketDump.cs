namespace HpcCr.Linux;

/// <summary>A list that the kernel tells through NETLINK_SOCK_DIAG.</summary>
internal static class SocketDump
{
    private const int Tries = 16;

    /// <summary>Makes one entry of a message.</summary>
    public delegate T Reader<T>(ReadOnlySpan<byte> message);

    /// <summary>Lists until a list is whole.</summary>
    /// <param name="dump">Adds what there is; false when it changed meanwhile.</param>
    /// <exception cref="LinuxException">It changed under the reading time and again (EAGAIN).</exception>
    public static List<T> Whole<T>(Func<NetlinkSocket, List<T>, bool> dump)
    {
        using var socket = new NetlinkSocket();
        var found = new List<T>();
        for (var tries = 0; tries < Tries; tries++)
        {
            found.Clear();
            if (dump(socket, found))
                return found;
        }

        throw new LinuxException("recv(NETLINK_SOCK_DIAG): interrupted dump", Errno.EAGAIN);
    }

    /// <summary>Asks once and adds every entry of the answer.</summary>
    /// <param name="socket">The conversation with the kernel.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="found">Gets the entries.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="noneIfMissing">A kernel without a handler for it (ENOENT) has no such sockets.</param>
    /// <returns>False when the kernel says that the list changed meanwhile.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static bool Add<T>(NetlinkSocket socket, ReadOnlySpan<byte> request, List<T> found, Reader<T> read, bool noneIfMissing = false)
    {
        socket.Send(InetDiagFormat.SockDiagByFamily, NetlinkMessage.FlagRequest | NetlinkMessage.FlagDump, request);
        var whole = true;
        while (true)
        {
            var message = socket.Next();
            whole &= (message.Flags & NetlinkMessage.FlagDumpInterrupted) == 0;
            if (message.Type is NetlinkMessage.Done or NetlinkMessage.Error)
            {
                return message.ErrorNumber is 0 || (noneIfMissing && message.ErrorNumber is Errno.ENOENT)
                    ? whole
                    : throw new LinuxException("SOCK_DIAG_BY_FAMILY", message.ErrorNumber);
            }

            found.Add(read(message.Payload));
        }
    }
}
