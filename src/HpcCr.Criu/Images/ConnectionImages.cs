using System.Net;
using HpcCr.Core;

namespace HpcCr.Criu.Images;

/// <summary>What the images of a sandbox say about its TCP connections.</summary>
public static class ConnectionImages
{
    // As the kernel numbers and names them (net/tcp_states.h).
    private static readonly string[] StateNames =
    [
        "", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING",
    ];

    /// <summary>Completes what was measured of the connections with what the images hold of them.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <param name="measured">The connections with their inodes.</param>
    /// <returns>
    /// The same connections with ends, state and numbers of the images; one that is in no image comes back without numbers.
    /// </returns>
    /// <exception cref="ImageFormatException">An image is missing or damaged.</exception>
    public static IReadOnlyList<ConnectionRecord> Describe(string imagesFolder, IReadOnlyList<ConnectionRecord> measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        if (measured.Count == 0) return [];
        var sockets = new Dictionary<uint, InetSocket>();
        foreach (var socket in InetSocketsImage.Read(imagesFolder)) sockets[socket.Inode] = socket;
        var streams = TcpStreamImage.ReadAll(imagesFolder);
        return [.. measured.Select(c => Describe(c, sockets.GetValueOrDefault(c.Inode), streams.GetValueOrDefault(c.Inode)))];
    }

    private static ConnectionRecord Describe(ConnectionRecord measured, InetSocket? socket, TcpStreamEntry? stream) => socket is null || stream is null
        ? measured with { Numbers = null }
        : measured with
        {
            Local = Text(socket.Source),
            Remote = Text(socket.Destination),
            State = socket.State < StateNames.Length ? StateNames[socket.State] : $"state {socket.State}",
            Numbers = new TcpNumbers(stream.ReceiveSequence, stream.ReceiveLength, stream.SendSequence, stream.SendLength, stream.UnsentLength),
        };

    private static string Text(IPEndPoint end) =>
        (end.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(end.Address.MapToIPv4(), end.Port) : end).ToString();
}
