using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A second descriptor of a TCP socket that another process has: options set here hold there.</summary>
internal sealed class ForeignSocket : IDisposable
{
    private const int DomainIPv4 = 2;
    private const int DomainIPv6 = 10;
    private const int ProtocolTcp = 6;
    private const int Stream = 1;

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

    /// <summary>Whether it is an IPv4 or IPv6 socket.</summary>
    internal bool IsInternet => Get(SocketNative.LevelSocket, SocketNative.Domain, "SO_DOMAIN") is DomainIPv4 or DomainIPv6;

    /// <summary>Whether it is an IPv6 socket.</summary>
    internal bool IsIPv6 => Get(SocketNative.LevelSocket, SocketNative.Domain, "SO_DOMAIN") == DomainIPv6;

    /// <summary>Its type, as in socket(2): 1 for streams, 2 for datagrams, 3 for raw ones.</summary>
    internal int Kind => Get(SocketNative.LevelSocket, SocketNative.Type, "SO_TYPE");

    // Raw sockets may have the same protocol, and none of its options.
    private bool IsTcp => Get(SocketNative.LevelSocket, SocketNative.Protocol, "SO_PROTOCOL") == ProtocolTcp
        && Kind == Stream && IsInternet;

    /// <summary>Calls <paramref name="visit"/> on every TCP socket of a process, running, stopped or frozen; does nothing when it has gone.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="visit">What is done with each; the socket is only lent.</param>
    /// <param name="only">The inodes of those that are meant; null: all.</param>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM), or no descriptor is free (EMFILE).</exception>
    internal static void ForEachTcp(int pid, Action<ForeignSocket> visit, IReadOnlySet<uint>? only = null) =>
        ForEach(pid, SocketInodes.Descriptors(pid).Where(entry => only?.Contains(entry.Inode) != false).Select(entry => entry.Descriptor), socket =>
        {
            if (socket.IsTcp)
                visit(socket);
        });

    /// <summary>The same, for what is known to be open in one process.</summary>
    internal static void ForEachTcp(IReadOnlyList<OpenDescriptor> open, Action<ForeignSocket> visit) => ForEach(open, socket =>
    {
        if (socket.IsTcp)
            visit(socket);
    });

    /// <summary>Calls <paramref name="visit"/> on every socket, of any kind, among what is open in one process.</summary>
    internal static void ForEach(IReadOnlyList<OpenDescriptor> open, Action<ForeignSocket> visit)
    {
        if (open.Count > 0)
            ForEach(open[0].Pid, open.Where(file => file.InodeOf("socket") is not null).Select(file => file.Number), visit);
    }

    /// <summary>Those of some unix sockets of a process from which what was written has not been read by the other side.</summary>
    internal static IReadOnlySet<uint> Unread(int pid, IReadOnlySet<uint> inodes)
    {
        var descriptors = SocketInodes.Descriptors(pid).Where(entry => inodes.Contains(entry.Inode)).ToDictionary(entry => entry.Descriptor, entry => entry.Inode);
        var unread = new HashSet<uint>();
        ForEach(pid, descriptors.Keys, socket =>
        {
            if (ReadableBytes.UnreadByPeer(socket._socket) > 0)
                unread.Add(descriptors[socket.Descriptor]);
        });
        return unread;
    }

    private static void ForEach(int pid, IEnumerable<int> descriptors, Action<ForeignSocket> visit)
    {
        using var process = OpenProcess(pid);
        if (process is null)
            return;
        foreach (var descriptor in descriptors)
        {
            using var socket = Take(process, descriptor);
            if (socket is not null)
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

    internal void Set(int level, int option, byte[] value, string name)
    {
        if (SocketNative.SetOption(_socket, level, option, value, (uint)value.Length) != 0)
            throw LinuxException.Last($"setsockopt(fd {Descriptor}, {name})");
    }

    /// <summary>Reads an option that is a structure, part of which says what is asked for.</summary>
    /// <returns>False when the kernel refuses.</returns>
    internal unsafe bool TryGet(int level, int option, byte[] value)
    {
        var length = (uint)value.Length;
        fixed (byte* at = value)
            return SocketNative.GetOption(_socket, level, option, at, ref length) == 0;
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
