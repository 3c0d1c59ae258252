using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Sockets of kinds that the engine does not know: MPTCP, vsock, AF_XDP, RDMA, SCTP and others.</summary>
internal sealed class SocketCheck : IPreflightCheck
{
    // What CRIU 4.2.1 dumps and restores (measured), in the kernel's words.
    private static readonly HashSet<string> Known =
        ["TCP", "TCPv6", "UDP", "UDPv6", "UDP-Lite", "UDPLITEv6", "RAW", "RAWv6", "PING", "PINGv6", "UNIX", "UNIX-STREAM", "NETLINK", "PACKET"];

    public string Name => "sockets";

    public IEnumerable<PreflightFinding> Look(PreflightTarget target) =>
        (from process in target.Processes
         from socket in process.Sockets
         let protocol = SocketProtocol.Of(socket.Descriptor.Path)
         where protocol is not null && !IsKnown(protocol)
         select new PreflightFinding(process.Pid, $"holds a socket of the kind {protocol} (descriptor {socket.Descriptor.Number}), which cannot be dumped", RemedyFor(protocol)))
        .Concat(ConnectedRawSockets(target));

    // The engine takes one of protocol TCP for a connection, and forgets the peer of others.
    private static IEnumerable<PreflightFinding> ConnectedRawSockets(PreflightTarget target)
    {
        var connected = Datagrams.ConnectedRaw();
        return from process in target.Processes
               from socket in process.Sockets
               where connected.Contains(socket.Inode)
               select new PreflightFinding(process.Pid, $"has connected a raw socket (descriptor {socket.Descriptor.Number}), which does not come back at a restart",
                   "Have the program name the receiver with each packet, or checkpoint when the socket has been closed.");
    }

    /// <summary>Whether the engine can dump sockets of a kind.</summary>
    internal static bool IsKnown(string protocol) => Known.Contains(protocol);

    private static string RemedyFor(string protocol) =>
        protocol.StartsWith("MPTCP", StringComparison.Ordinal) ? "Start the program without MPTCP (for Go: GODEBUG=multipathtcp=0)."
        : "Have the program use TCP or UDP, or checkpoint when the socket has been closed.";
}
