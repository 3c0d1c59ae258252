using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The peer of a unix socket (SO_PEERCRED, unix(7)).</summary>
public static unsafe partial class UnixPeer
{
    private const int SocketLevel = 1;
    private const int PeerCredentialsOption = 17;

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

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(SafeSocketHandle socket, int level, int option, uint* value, ref uint size);
}
