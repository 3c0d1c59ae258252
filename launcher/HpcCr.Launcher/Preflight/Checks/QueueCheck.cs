using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>What waits in receive queues and would be lost: bytes after a TCP urgent mark, and datagrams.</summary>
internal sealed class QueueCheck : IPreflightCheck
{
    public string Name => "queues";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target)
    {
        var filled = SockDiag.ListTcp().Where(socket => socket is { Inode: not 0, ReceiveQueue: > 0 } && TcpStates.IsConnected(socket.State)).Select(socket => socket.Inode).ToHashSet();
        var datagrams = Datagrams.Waiting();
        foreach (var process in target.Processes)
        {
            if (process.Sockets.Any(socket => filled.Contains(socket.Inode)))
                foreach (var descriptor in UrgentData.Descriptors(process.Pid, filled))
                    yield return new PreflightFinding(process.Pid, $"has TCP urgent data waiting at descriptor {descriptor}, which cannot be dumped",
                        "Try again when the program has read it.");
            foreach (var (descriptor, inode) in process.Sockets.Where(socket => datagrams.ContainsKey(socket.Inode)))
                yield return new PreflightFinding(process.Pid, $"has datagrams waiting at descriptor {descriptor.Number} ({datagrams[inode]} bytes of memory), which a restart loses as a network may",
                    "Nothing need be done where the program can bear the loss of datagrams.", IsWarning: true);
        }
    }
}
