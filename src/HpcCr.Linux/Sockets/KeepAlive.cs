namespace HpcCr.Linux;

/// <summary>
/// The timers with which a connection gives itself up: SO_KEEPALIVE and TCP_USER_TIMEOUT. A lock that outlasts them kills the connection, so they are parked first.
/// </summary>
public static class KeepAlive
{
    /// <summary>Switches both off on every TCP connection of a process, running or frozen. A socket that several processes share is reported by the first alone.</summary>
    /// <param name="pid">The process; nothing is parked when it has gone.</param>
    /// <returns>What was changed, to be given to <see cref="Unpark"/>, and listening sockets with a TCP_USER_TIMEOUT, which stay as they are.</returns>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM).</exception>
    public static IReadOnlyList<ParkedSocket> Park(int pid) => Park(OpenDescriptor.Of(pid));

    /// <summary>The same, for what is known to be open.</summary>
    /// <param name="open">The descriptors of one process.</param>
    public static IReadOnlyList<ParkedSocket> Park(IReadOnlyList<OpenDescriptor> open)
    {
        var parked = new List<ParkedSocket>();
        ForeignSocket.ForEachTcp(open, socket =>
        {
            var isListener = socket.IsListener;
            var keepAlive = !isListener && socket.Get(SocketNative.LevelSocket, SocketNative.KeepAlive, "SO_KEEPALIVE") != 0;
            var timeout = socket.Get(SocketNative.LevelTcp, SocketNative.TcpUserTimeout, "TCP_USER_TIMEOUT");
            if (!keepAlive && timeout == 0)
                return;
            parked.Add(new ParkedSocket(socket.Cookie, keepAlive, timeout));
            if (isListener)
                return;
            socket.Set(SocketNative.LevelSocket, SocketNative.KeepAlive, 0, "SO_KEEPALIVE");
            socket.Set(SocketNative.LevelTcp, SocketNative.TcpUserTimeout, 0, "TCP_USER_TIMEOUT");
        });
        return parked;
    }

    /// <summary>
    /// Sets timers, but for a TCP_USER_TIMEOUT that the process has set by itself meanwhile. The kernel counts TCP_USER_TIMEOUT from the first
    /// retransmission: on a connection that still retransmits what a lock held back, it would end it at the next one.
    /// </summary>
    /// <param name="pid">The process.</param>
    /// <param name="parked">What is to be set; sockets that this process has not are passed over.</param>
    /// <param name="evenUnanswered">Also where the kernel still repeats bytes or probes that the peer has not answered.</param>
    /// <returns>The cookies of the sockets that were set.</returns>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM).</exception>
    public static IReadOnlyList<ulong> Unpark(int pid, IEnumerable<ParkedSocket> parked, bool evenUnanswered = true)
    {
        var byCookie = parked.ToDictionary(socket => socket.Cookie);
        var restored = new List<ulong>();
        ForeignSocket.ForEachTcp(pid, socket =>
        {
            // By cookie, so that a dup()ed or moved descriptor is found too; once each.
            if (!byCookie.TryGetValue(socket.Cookie, out var was) || !(evenUnanswered || socket.IsAnswered))
                return;
            byCookie.Remove(was.Cookie);
            if (was.KeepAlive)
                socket.Set(SocketNative.LevelSocket, SocketNative.KeepAlive, 1, "SO_KEEPALIVE");
            if (was.UserTimeoutMs != 0 && socket.Get(SocketNative.LevelTcp, SocketNative.TcpUserTimeout, "TCP_USER_TIMEOUT") == 0)
                socket.Set(SocketNative.LevelTcp, SocketNative.TcpUserTimeout, was.UserTimeoutMs, "TCP_USER_TIMEOUT");
            restored.Add(was.Cookie);
        });
        return restored;
    }

    /// <summary>Which descriptors of a process stand for some sockets.</summary>
    /// <param name="open">What the process has open.</param>
    /// <param name="cookies">The sockets, by the kernel's own ids.</param>
    /// <returns>One descriptor for each that the process has.</returns>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM).</exception>
    public static IReadOnlyDictionary<ulong, int> Find(IReadOnlyList<OpenDescriptor> open, IReadOnlySet<ulong> cookies)
    {
        ArgumentNullException.ThrowIfNull(cookies);
        var found = new Dictionary<ulong, int>();
        ForeignSocket.ForEachTcp(open, socket =>
        {
            if (cookies.Contains(socket.Cookie))
                found.TryAdd(socket.Cookie, socket.Descriptor);
        });
        return found;
    }

    /// <summary>Sets the timers of one socket.</summary>
    /// <param name="open">Its descriptor.</param>
    /// <param name="keepAlive">SO_KEEPALIVE.</param>
    /// <param name="userTimeoutMs">TCP_USER_TIMEOUT in milliseconds.</param>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM).</exception>
    public static void Set(OpenDescriptor open, bool keepAlive, int userTimeoutMs) => ForeignSocket.ForEachTcp([open], socket =>
    {
        socket.Set(SocketNative.LevelSocket, SocketNative.KeepAlive, keepAlive ? 1 : 0, "SO_KEEPALIVE");
        socket.Set(SocketNative.LevelTcp, SocketNative.TcpUserTimeout, userTimeoutMs, "TCP_USER_TIMEOUT");
    });
}
