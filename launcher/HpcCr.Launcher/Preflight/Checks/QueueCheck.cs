using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>What waits in receive queues and would be lost: bytes after a TCP urgent mark, and datagrams.</summary>
internal sealed class QueueCheck : IPreflightCheck
{
    public string Name => "queues";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        var filled = SockDiag.ListTcp().Where(socket => socket is { Inode: not 0, ReceiveQueue: > 0 } && TcpStates.IsConnected(socket.State)).DistinctBy(socket => socket.Inode).ToDictionary(socket => socket.Inode);
        var inodes = filled.Keys.ToHashSet();
        var datagrams = Datagrams.Waiting();
        foreach (var process in target.Processes)
        {
            var suspects = process.Sockets.Where(socket => filled.ContainsKey(socket.Inode)).ToDictionary(socket => socket.Descriptor.Number, socket => filled[socket.Inode]);
            foreach (var descriptor in suspects.Count == 0 ? [] : UrgentData.Descriptors(process.Pid, inodes))
            {
                var connection = suspects.TryGetValue(descriptor, out var socket) ? $" ({JobSockets.Text(socket.Local)} from {JobSockets.Text(socket.Remote)})" : "";
                yield return new PreflightFinding(process.Pid, $"has TCP urgent data waiting at descriptor {descriptor}{connection}, which cannot be dumped",
                    "Try again when the program has read it.");
            }

            foreach (var (descriptor, inode) in process.Sockets.Where(socket => datagrams.ContainsKey(socket.Inode)))
                yield return new PreflightFinding(process.Pid, $"has datagrams waiting at descriptor {descriptor.Number} ({datagrams[inode]} bytes of memory), which a restart loses as a network may",
                    "Nothing need be done where the program can bear the loss of datagrams.", IsWarning: true);
        }
    }
}
