using System.Net;
using System.Net.Sockets;

namespace HpcCr.Plugins.Shared;

/// <summary>Opens the connections that jobs go on with.</summary>
internal static class Dialer
{
    // The launcher takes its own copies while this process lives.
    private static readonly List<Socket> Open = [];

    /// <summary>Connects. The socket blocks, as programs expect that get it.</summary>
    /// <exception cref="PluginVetoException">Nobody takes it.</exception>
    public static async Task<Socket> ConnectAsync(IPEndPoint to, string remedy, CancellationToken cancellationToken)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        lock (Open)
            Open.Add(socket);
        try
        {
            await using var giveUp = cancellationToken.Register(socket.Dispose);
            await Task.Run(() => socket.Connect(to), CancellationToken.None);
            return socket;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
            throw new PluginVetoException($"{to} takes no connection: {(e is SocketException ? e.Message : "no answer in time")}", remedy);
        }
    }
}
