using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Connections of unix sockets that were not accepted and into which something was written already: that is in nobody's image.</summary>
internal sealed class UnixQueueCheck : IPreflightCheck
{
    // A listener accepts as soon as it runs; what is still there then waits for more than that.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public string Name => "unix queues";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        IReadOnlyList<int> pids = [.. target.Processes.Select(process => process.Pid)];
        HashSet<uint> inodes = [.. target.Processes.SelectMany(process => process.Sockets.Select(socket => socket.Inode))];
        var found = UnixPending.Of(pids, inodes).ToHashSet();
        if (found.Count == 0 || SpinWait.SpinUntil(() => !found.Overlaps(UnixPending.Of(pids, inodes)), Patience))
            return [];
        found.IntersectWith(UnixPending.Of(pids, inodes));
        return found.Select(pending => new PreflightFinding(HolderOf(pids, pending.Listener),
            $"has not accepted a connection at {NameOf(pending)}, and {(pending.Client == 0 ? "its other end was closed" : "something was written into it")}: that cannot be dumped",
            "Try again when the program has accepted it."));
    }

    /// <summary>The same while the job is frozen.</summary>
    public static IEnumerable<string> Residue(string node, IReadOnlyList<int> pids, IReadOnlySet<uint> inodes) =>
        UnixPending.Of(pids, inodes).Select(pending =>
            $"{node}: a connection with data in it waits to be accepted at {NameOf(pending)} by {ProcessNames.Of(HolderOf(pids, pending.Listener))}");

    private static string NameOf(UnixPending pending) => pending.Path.Length > 0 ? $"the unix socket {pending.Path}" : "a unix socket with an abstract name";

    private static int HolderOf(IReadOnlyList<int> pids, uint inode) => pids.FirstOrDefault(pid => SocketInodes.Of(pid).Contains(inode));
}
