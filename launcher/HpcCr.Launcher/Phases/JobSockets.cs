using System.Net;
using HpcCr.Linux;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>The job's TCP sockets on this node at one instant.</summary>
/// <param name="Connections">Sockets that some process of the job holds.</param>
/// <param name="Listeners">Its listening sockets.</param>
/// <param name="Orphans">Closed sockets of the job from which the kernel still delivers data.</param>
/// <param name="Pending">Connections to the job's listeners that nobody has accepted yet.</param>
/// <param name="Others">Connections that processes outside the sandbox hold.</param>
internal sealed record JobSockets(
    IReadOnlyList<TcpSocketInfo> Connections,
    IReadOnlyList<TcpSocketInfo> Listeners,
    IReadOnlyList<TcpSocketInfo> Orphans,
    IReadOnlyList<TcpSocketInfo> Pending,
    IReadOnlyList<TcpSocketInfo> Others)
{
    /// <summary>The sockets that processes hold.</summary>
    public static HashSet<uint> InodesOf(IEnumerable<int> processes) => [.. processes.SelectMany(pid => SocketInodes.Of(pid))];

    /// <summary>Looks at the kernel's tables now.</summary>
    /// <param name="inodes">The sockets that the job's processes hold.</param>
    /// <param name="cgroupId">The job's cgroup: orphans have no process, but were made in it.</param>
    public static JobSockets Look(IReadOnlySet<uint> inodes, ulong cgroupId)
    {
        var all = SockDiag.ListTcp();
        var held = all.Where(s => s.Inode != 0 && inodes.Contains(s.Inode)).ToList();
        var listeners = held.Where(s => s.State == TcpState.Listen).ToList();
        var ports = listeners.Select(s => s.Local.Port).ToHashSet();
        var ownerless = all.Where(s => s.Inode == 0).ToList();
        return new JobSockets(
            [.. held.Where(s => s.State is not (TcpState.Listen or TcpState.Close))],
            listeners,
            [.. ownerless.Where(s => s.CgroupId == cgroupId && (s.State is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck))],
            [.. ownerless.Where(s => s.IsNotAccepted && ports.Contains(s.Local.Port))],
            [.. all.Where(s => s.Inode != 0 && TcpStates.IsConnected(s.State) && !inodes.Contains(s.Inode))]);
    }

    /// <summary>What is in nobody's image, for people.</summary>
    public IEnumerable<string> Residue(string node) =>
        Orphans.Select(s => $"{node}: a closed connection {Text(s.Local)} to {Text(s.Remote)} still delivers {s.SendQueue} bytes")
            .Concat(Pending.Select(s => $"{node}: a connection from {Text(s.Remote)} waits to be accepted at port {s.Local.Port}"));

    /// <summary>What the others have that may have its other end in the job: the far side of a socket here, or of one on another node.</summary>
    /// <param name="inside">The addresses of the job's nodes.</param>
    public IEnumerable<Ends> OthersTowards(IReadOnlySet<IPAddress> inside)
    {
        var own = Connections.Select(s => s.Tuple).ToHashSet();
        return Others.Select(s => s.Tuple)
            .Where(t => own.Contains(new TcpTuple(t.Remote, t.Local)) || inside.Contains(t.Remote.Address))
            .Select(t => new Ends { Local = t.Local.ToString(), Remote = t.Remote.ToString() });
    }

    /// <summary>An address as text, v4-mapped ones as v4.</summary>
    public static string Text(IPEndPoint end) =>
        (end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end).ToString();
}
