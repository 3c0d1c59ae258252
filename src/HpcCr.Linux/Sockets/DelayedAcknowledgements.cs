namespace HpcCr.Linux;

/// <summary>
/// Acknowledgements that the kernel holds back for up to 40 ms in the hope of data to send along (tcp(7), TCP_QUICKACK). A program that stands still
/// has none, and until then its peer counts as in flight what has long arrived.
/// </summary>
public static class DelayedAcknowledgements
{
    /// <summary>Sends those of a process, running or frozen, now.</summary>
    /// <param name="pid">The process; nothing happens when it has gone.</param>
    /// <param name="inodes">The sockets that are meant.</param>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM).</exception>
    public static void Send(int pid, IReadOnlySet<uint> inodes) => ForeignSocket.ForEachTcp(pid, socket =>
    {
        const string Name = "TCP_QUICKACK";
        var isQuick = socket.Get(SocketNative.LevelTcp, SocketNative.TcpQuickAck, Name) != 0;
        socket.Set(SocketNative.LevelTcp, SocketNative.TcpQuickAck, 1, Name);
        if (!isQuick)
            socket.Set(SocketNative.LevelTcp, SocketNative.TcpQuickAck, 0, Name);
    }, inodes);
}
