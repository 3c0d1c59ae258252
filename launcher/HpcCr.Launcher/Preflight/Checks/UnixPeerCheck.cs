using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Unix sockets that are connected to programs outside the job: they are dumped, and no restart can connect them again.</summary>
internal sealed class UnixPeerCheck : IPreflightCheck
{
    public string Name => "unix sockets";

    // Of an attached tree the same is looked for, and partly replaced: see TreeCheck.
    public IEnumerable<PreflightFinding> Look(PreflightTarget target) => target.Job.Spec.Attached ? [] : OfSandbox(target);

    private static IEnumerable<PreflightFinding> OfSandbox(PreflightTarget target)
    {
        var held = target.Processes.SelectMany(process => process.Sockets.Select(socket => (process.Pid, socket.Descriptor, socket.Inode))).ToList();
        var inside = held.Select(socket => socket.Inode).ToHashSet();
        var peers = UnixDiag.List().Where(socket => socket is { Peer: not 0, IsDatagram: false } && inside.Contains(socket.Inode) && !inside.Contains(socket.Peer))
            .ToDictionary(socket => socket.Inode, socket => socket.Peer);
        // Rare, so that it may be dear: the other end may also be on its way from one process of the job to another, in nobody's hands.
        var holders = peers.Count == 0 ? [] : HoldersOf(peers.Values.ToHashSet(), target.Processes.Select(process => process.Pid).ToHashSet());
        return from socket in held
               where peers.ContainsKey(socket.Inode) && holders.ContainsKey(peers[socket.Inode])
               select new PreflightFinding(socket.Pid,
                   $"talks over a unix socket (descriptor {socket.Descriptor.Number}) to {ProcessNames.Of(holders[peers[socket.Inode]])} outside the job, which does not come back at a restart",
                   "Start that program inside the job, or let the connection be closed.");
    }

    private static Dictionary<uint, int> HoldersOf(HashSet<uint> wanted, HashSet<int> job) =>
        ProcFs.All().Where(pid => !job.Contains(pid)).SelectMany(pid => SocketInodes.Of(pid).Where(wanted.Contains).Select(inode => (inode, pid)))
            .DistinctBy(holder => holder.inode).ToDictionary(holder => holder.inode, holder => holder.pid);
}
