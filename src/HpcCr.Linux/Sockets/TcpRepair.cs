namespace HpcCr.Linux;

/// <summary>TCP_REPAIR of other processes' sockets: what a killed engine leaves behind.</summary>
public static class TcpRepair
{
    // TCP_REPAIR_OFF, not TCP_REPAIR_OFF_NO_WP: the peer of a living connection answers the window probe, which tells us the window
    // as it is now, should its last update have been lost while the connection was locked. (NO_WP is for a restored socket
    // whose peer may not be there yet.)
    private const int Off = 0;
    private const int On = 1;

    /// <summary>Takes every TCP socket of a process out of repair, so that it sends and receives again. The process may be frozen.</summary>
    /// <param name="pid">The process; 0 sockets when it has gone.</param>
    /// <returns>How many sockets were in repair.</returns>
    /// <remarks>
    /// Repair overwrites SO_REUSEADDR and leaving it clears it (kernel, do_tcp_setsockopt); what it was cannot be read any more. It is set to 1: a server
    /// that had it may bind its port again, and for one that had it not nothing fails that worked before.
    /// </remarks>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM), or needs CAP_NET_ADMIN.</exception>
    public static int ClearAll(int pid)
    {
        var cleared = 0;
        ForeignSocket.ForEachTcp(pid, socket =>
        {
            if (socket.IsListener || socket.Get(SocketNative.LevelTcp, SocketNative.TcpRepair, "TCP_REPAIR") == 0)
                return;
            socket.Set(SocketNative.LevelTcp, SocketNative.TcpRepair, Off, "TCP_REPAIR");
            socket.Set(SocketNative.LevelSocket, SocketNative.ReuseAddress, 1, "SO_REUSEADDR");
            cleared++;
        });
        return cleared;
    }

    /// <summary>
    /// Makes every connection of a frozen process send at once what a lock held back. The timers that would do it have backed off meanwhile, and wait up to as long
    /// again as the lock lasted (measured: 0.1 to 0.5 s after 0.3 to 3 s, with this 0.1 ms).
    /// </summary>
    /// <param name="pid">
    /// A process that does not run: call it between unlock and thaw. (For a moment the sockets are in repair, where a send fails with EINVAL and a receive with EPERM.)
    /// </param>
    /// <returns>How many connections had unsent data and were kicked.</returns>
    /// <remarks>Going out of repair sends a window probe; its answer makes the kernel send on. Helps what was dropped on its way out, not what counts as sent.</remarks>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM), or needs CAP_NET_ADMIN.</exception>
    public static int Kick(int pid)
    {
        var kicked = 0;
        ForeignSocket.ForEachTcp(pid, socket =>
        {
            if (!socket.IsEstablishedWithUnsentData)
                return;
            var reuse = socket.Get(SocketNative.LevelSocket, SocketNative.ReuseAddress, "SO_REUSEADDR");
            socket.Set(SocketNative.LevelTcp, SocketNative.TcpRepair, On, "TCP_REPAIR");
            socket.Set(SocketNative.LevelTcp, SocketNative.TcpRepair, Off, "TCP_REPAIR");
            socket.Set(SocketNative.LevelSocket, SocketNative.ReuseAddress, reuse, "SO_REUSEADDR");
            kicked++;
        });
        return kicked;
    }
}
