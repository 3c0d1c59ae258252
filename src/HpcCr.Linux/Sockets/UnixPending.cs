namespace HpcCr.Linux;

/// <summary>A connection of a unix socket that nobody has accepted yet, and into which something was written: only its listener could read that.</summary>
/// <param name="Listener">The listening socket's inode.</param>
/// <param name="Path">Where that is bound; empty for an abstract name.</param>
/// <param name="Client">The connecting socket's inode; 0: it was closed.</param>
public sealed record UnixPending(uint Listener, string Path, uint Client)
{
    /// <summary>Those of some sockets that listen.</summary>
    /// <param name="pids">The processes that have the sockets.</param>
    /// <param name="inodes">All sockets that they have.</param>
    /// <exception cref="LinuxException">The kernel refused, or a process is not ours to reach into.</exception>
    public static IReadOnlyList<UnixPending> Of(IReadOnlyList<int> pids, IReadOnlySet<uint> inodes)
    {
        ArgumentNullException.ThrowIfNull(inodes);
        var waiting = UnixDiag.Listeners().Where(listener => inodes.Contains(listener.Inode) && listener.Clients.Count > 0).ToList();
        if (waiting.Count == 0)
            return [];
        var clients = waiting.SelectMany(listener => listener.Clients).Where(inodes.Contains).ToHashSet();
        var written = new HashSet<uint>();
        foreach (var pid in pids)
            written.UnionWith(ForeignSocket.Unread(pid, clients));
        return
        [
            .. from listener in waiting
               from client in listener.Clients
               where client == 0 || written.Contains(client)
               select new UnixPending(listener.Inode, listener.Path, client),
        ];
    }
}
