using System.Net.Sockets;

namespace HpcCr.Rpc;

/// <summary>Binds a unix socket where a dead server may have left its file.</summary>
internal static class UnixListener
{
    /// <summary>Binds. Nobody can connect before the caller listens, so the mode holds from the first connection on.</summary>
    /// <exception cref="IOException">Somebody answers at the path, or it is no socket.</exception>
    public static Socket Bind(string path, UnixFileMode mode)
    {
        RemoveStale(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, mode);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveStale(string path)
    {
        if (!Path.Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Connecting to a regular file is refused as well, and that file is not ours to delete.
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused && FileStatus.IsSocket(path))
        {
            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new IOException($"{path} is in the way and cannot be replaced: {exception.Message}", exception);
        }
        throw new IOException($"a server answers at {path} already; stop it, or listen elsewhere");
    }
}
