using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>Two connected unix sockets that keep message boundaries (socketpair(2), SOCK_SEQPACKET), as CRIU's swrk mode speaks.</summary>
public static unsafe partial class SeqPacketPair
{
    private const int Unix = 1;
    private const int SeqPacket = 5;
    private const int CloseOnExec = 0x80000;

    /// <summary>Makes the pair; both ends are close-on-exec (<see cref="ChildProcess.Start"/> passes one on all the same).</summary>
    /// <returns>The two ends, to be disposed by the caller.</returns>
    /// <exception cref="LinuxException">EMFILE: too many open files.</exception>
    public static (SafeSocketHandle Ours, SafeSocketHandle Theirs) Create()
    {
        int* ends = stackalloc int[2];
        if (SocketPair(Unix, SeqPacket | CloseOnExec, 0, ends) != 0)
            throw LinuxException.Last("socketpair(AF_UNIX, SOCK_SEQPACKET)");
        return (new SafeSocketHandle(ends[0], ownsHandle: true), new SafeSocketHandle(ends[1], ownsHandle: true));
    }

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int domain, int type, int protocol, int* ends);
}
