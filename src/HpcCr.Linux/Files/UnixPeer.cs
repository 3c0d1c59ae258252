using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>The peer of a unix socket (SO_PEERCRED and SO_PEERPIDFD, unix(7)).</summary>
public static unsafe partial class UnixPeer
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;
    private const int PeerPidFdOption = 77;

    /// <summary>Who connected, or whom we connected to.</summary>
    /// <param name="socket">A connected unix socket.</param>
    /// <returns>The process, user and group at the other end.</returns>
    /// <exception cref="LinuxException">EBADF or ENOPROTOOPT: not a unix socket.</exception>
    public static PeerCredentials Credentials(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        uint* credentials = stackalloc uint[3];
        uint size = 12;
        if (GetOption(socket.SafeHandle, SocketLevel, PeerCredentialsOption, credentials, ref size) != 0)
            throw LinuxException.Last("getsockopt(SO_PEERCRED)");
        return new PeerCredentials((int)credentials[0], credentials[1], credentials[2]);
    }

    /// <summary>
    /// Holds the process that connected. Its number in <see cref="Credentials"/> may be another process's by now; this one is the caller or nothing.
    /// </summary>
    /// <param name="socket">A connected unix socket.</param>
    /// <returns>The process, to be disposed by the caller; null when it has ended, or cannot be told from a later one of its number.</returns>
    /// <exception cref="LinuxException">EBADF: not a unix socket.</exception>
    public static PidFd? Process(Socket socket)
    {
        PeerCredentials credentials = Credentials(socket);
        if (credentials.Pid <= 0)
            return null;
        uint descriptor = 0;
        uint size = sizeof(uint);
        if (GetOption(socket.SafeHandle, SocketLevel, PeerPidFdOption, &descriptor, ref size) == 0)
        {
            return Living(PidFd.Of(credentials.Pid, new SafeFileHandle((nint)descriptor, ownsHandle: true)));
        }

        return Marshal.GetLastPInvokeError() == Errno.ENOPROTOOPT ? ByNumber(credentials) : null;
    }

    // Kernels before 6.5. A number that was used again is found out by its user; another process of the same user may do no more than the caller.
    private static PidFd? ByNumber(PeerCredentials credentials)
    {
        try
        {
            PidFd? caller = Living(PidFd.Open(credentials.Pid));
            if (caller is null || (ProcFs.UsersOf(credentials.Pid).All(uid => uid == credentials.Uid) && caller.HasItsNumber))
                return caller;
            caller.Dispose();
            return null;
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            return null;
        }
    }

    private static PidFd? Living(PidFd caller)
    {
        if (caller.HasItsNumber)
            return caller;
        caller.Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(SafeSocketHandle socket, int level, int option, uint* value, ref uint size);
}
