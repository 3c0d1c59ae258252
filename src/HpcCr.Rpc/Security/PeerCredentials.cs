using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace HpcCr.Rpc;

/// <summary>Who is at the other end of a unix socket, by the kernel's word.</summary>
/// <param name="ProcessId">The process that connected, in this process's pid namespace (0: not visible in it); it may have ended or handed the socket on.</param>
/// <param name="UserId">Its effective user when it connected.</param>
/// <param name="GroupId">Its effective group when it connected.</param>
public sealed record PeerCredentials(int ProcessId, uint UserId, uint GroupId)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UcredBytes = 12;

    /// <summary>Asks the kernel.</summary>
    /// <param name="socket">A connected unix socket.</param>
    /// <exception cref="SocketException">The socket is of another kind.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> ucred = stackalloc byte[UcredBytes];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, ucred);
        var fields = MemoryMarshal.Cast<byte, uint>(ucred);
        return new PeerCredentials((int)fields[0], fields[1], fields[2]);
    }
}
