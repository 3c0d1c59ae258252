using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A second descriptor of a TCP socket that another process has: options set here hold there.</summary>
internal sealed class ForeignSocket : IDisposable
{
    private const int DomainIPv4 = 2;
    private const int DomainIPv6 = 10;
    private const int ProtocolTcp = 6;

    private readonly SafeFileHandle _socket;

    private ForeignSocket(int descriptor, SafeFileHandle socket) => (Descriptor, _socket) = (descriptor, socket);

    /// <summary>Its number in the other process.</summary>
    internal int Descriptor { get; }

    /// <summary>The kernel's own id of the socket.</summary>
    internal ulong Cookie
    {
        get
        {
            uint length = sizeof(ulong);
            return SocketNative.GetOption(_socket, SocketNative.LevelSocket, SocketNative.Cookie, out ulong value, ref length) == 0
                ? value
                : throw LinuxException.Last($"getsockopt(fd {Descriptor}, SO_COOKIE)");
        }
    }

    /// <summary>Whether it listens.</summary>
    internal bool IsListener => Get(SocketNative.LevelSocket, SocketNative.AcceptConnections, "SO_ACCEPTCONN") != 0;

    /// <summary>Whether it is open in both directions and holds bytes that were never sent.</summary>
    internal bool IsEstablishedWithUnsentData => Info(InetDiagFormat.ReadInfo) is (TcpState.Established, > 0);

    /// <summary>Whether the kernel repeats nothing, neither bytes nor probes, for want of an answer.</summary>
    internal bool IsAnswered => Info(InetDiagFormat.ReadRepeated) == 0;

    /// <summary>Whether an urgent byte waits to be read apart from the stream; it stays there.</summary>
    internal bool HasUrgentByte => SocketNative.Receive(_socket, out _, 1, SocketNative.OutOfBand | SocketNative.Peek | SocketNative.DontWait) > 0;

    private bool IsTcp => Get(SocketNative.LevelSocket, SocketNative.Protocol, "SO_PROTOCOL") == ProtocolTcp
        && Get(SocketNative.LevelSocket, SocketNative.Domain, "SO_DOMAIN") is DomainIPv4 or DomainIPv6;

    /// <summary>Calls <paramref name="visit"/> on every TCP socket of a process, running, stopped or frozen; does nothing when it has gone.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="visit">What is done with each; the socket is only lent.</param>
    /// <param name="only">The inodes of those that are meant; null: all.</param>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM), or no descriptor is free (EMFILE).</exception>
    internal static void ForEachTcp(int pid, Action<ForeignSocket> visit, IReadOnlySet<uint>? only = null)
    {
        using var process = OpenProcess(pid);
        if (process is null)
            return;
        foreach (var (descriptor, inode) in SocketInodes.Descriptors(pid))
        {
            if (only?.Contains(inode) == false)
                continue;
            using var socket = Take(process, descriptor);
            if (socket is not null && socket.IsTcp)
                visit(socket);
        }
    }

    internal int Get(int level, int option, string name)
    {
        uint length = sizeof(int);
        return SocketNative.GetOption(_socket, level, option, out int value, ref length) == 0
            ? value
            : throw LinuxException.Last($"getsockopt(fd {Descriptor}, {name})");
    }

    internal void Set(int level, int option, int value, string name)
    {
        if (SocketNative.SetOption(_socket, level, option, value, sizeof(int)) != 0)
            throw LinuxException.Last($"setsockopt(fd {Descriptor}, {name}, {value})");
    }

    public void Dispose() => _socket.Dispose();

    private static PidFd? OpenProcess(int pid)
    {
        try
        {
            return PidFd.Open(pid);
        }
        catch (LinuxException gone) when (gone.Errno is Errno.ESRCH or Errno.EINVAL)
        {
            // EINVAL is what the kernel says of a number that no process can have.
            return null;
        }
    }

    private unsafe T Info<T>(Func<ReadOnlySpan<byte>, T> read)
    {
        var info = stackalloc byte[InetDiagFormat.InfoBytes];
        uint length = InetDiagFormat.InfoBytes;
        return SocketNative.GetOption(_socket, SocketNative.LevelTcp, SocketNative.TcpInfo, info, ref length) == 0
            ? read(new ReadOnlySpan<byte>(info, (int)length))
            : throw LinuxException.Last($"getsockopt(fd {Descriptor}, TCP_INFO)");
    }

    /// <summary>Null when the descriptor or the process has gone.</summary>
    private static ForeignSocket? Take(PidFd process, int descriptor)
    {
        try
        {
            return new ForeignSocket(descriptor, process.GetFd(descriptor));
        }
        catch (LinuxException gone) when (gone.Errno is Errno.ESRCH or Errno.EBADF)
        {
            return null;
        }
    }
}
