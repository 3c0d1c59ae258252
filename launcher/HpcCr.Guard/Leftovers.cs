using System.Net;
using HpcCr.Linux;

namespace HpcCr.Guard;

/// <summary>
/// Connections that the kernel still holds of processes that are gone: orphans in FIN-WAIT, TIME-WAIT. They would make a
/// restore on this node fail, and their FIN would reach peers that are to go on talking to the restored job.
/// </summary>
internal static class Leftovers
{
    /// <summary>Destroys them while the lock is in place.</summary>
    /// <param name="cgroupId">The sandbox's cgroup, 0 for none: sockets made in it are the job's.</param>
    /// <param name="locked">The job's connections and listeners as they were locked.</param>
    public static void Destroy(ulong cgroupId, LockSpec locked)
    {
        var tuples = locked.Connections.Select(c => (Plain(c.Local), Plain(c.Remote))).ToHashSet();
        var ports = locked.Listeners.Select(l => l.Port).ToHashSet();
        foreach (var socket in SockDiag.ListTcp())
        {
            var ours = (cgroupId != 0 && socket.CgroupId == cgroupId)
                || tuples.Contains((Plain(socket.Local), Plain(socket.Remote)))
                || (socket.Inode == 0 && ports.Contains(socket.Local.Port));
            if (ours)
                SockDiag.Destroy(socket);
        }
    }

    private static IPEndPoint Plain(IPEndPoint end) =>
        end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end;
}
