namespace HpcCr.Linux;

/// <summary>
/// The timers with which a connection gives itself up: SO_KEEPALIVE and TCP_USER_TIMEOUT. A lock that outlasts them kills the connection, so they are parked first.
/// </summary>
public static class KeepAlive
{
    /// <summary>Switches both off on every TCP connection of a process, running or frozen. A socket that several processes share is reported by the first alone.</summary>
    /// <param name="pid">The process; nothing is parked when it has gone.</param>
    /// <returns>What was changed; journal it, and give it to <see cref="Unpark"/>.</returns>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM).</exception>
    public static IReadOnlyList<ParkedSocket> Park(int pid)
    {
        var parked = new List<ParkedSocket>();
        ForeignSocket.ForEachTcp(pid, socket =>
        {
            if (socket.IsListener)
                return;
            var keepAlive = socket.Get(SocketNative.LevelSocket, SocketNative.KeepAlive, "SO_KEEPALIVE") != 0;
            var timeout = socket.Get(SocketNative.LevelTcp, SocketNative.TcpUserTimeout, "TCP_USER_TIMEOUT");
            if (!keepAlive && timeout == 0)
                return;
            Apply(socket, keepAlive, timeout, on: false);
            parked.Add(new ParkedSocket(socket.Descriptor, socket.Cookie, keepAlive, timeout));
        });
        return parked;
    }

    /// <summary>Sets back what <see cref="Park"/> changed. Sockets that the process has closed meanwhile are passed over.</summary>
    /// <param name="pid">The same process.</param>
    /// <param name="parked">What <see cref="Park"/> returned for it.</param>
    /// <returns>How many were set back.</returns>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM).</exception>
    public static int Unpark(int pid, IEnumerable<ParkedSocket> parked)
    {
        var byCookie = parked.ToDictionary(socket => socket.Cookie);
        var restored = 0;
        ForeignSocket.ForEachTcp(pid, socket =>
        {
            // By cookie, so that a dup()ed or moved descriptor is found too; once each.
            if (!byCookie.Remove(socket.Cookie, out var was))
                return;
            Apply(socket, was.KeepAlive, was.UserTimeoutMs, on: true);
            restored++;
        });
        return restored;
    }

    private static void Apply(ForeignSocket socket, bool keepAlive, int timeout, bool on)
    {
        if (keepAlive)
            socket.Set(SocketNative.LevelSocket, SocketNative.KeepAlive, on ? 1 : 0, "SO_KEEPALIVE");
        if (timeout != 0)
            socket.Set(SocketNative.LevelTcp, SocketNative.TcpUserTimeout, on ? timeout : 0, "TCP_USER_TIMEOUT");
    }
}
