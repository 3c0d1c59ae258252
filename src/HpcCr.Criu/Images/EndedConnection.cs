namespace HpcCr.Criu.Images;

/// <summary>A connection as it is when its peer has closed it: what was received is there to be read, and then the end.</summary>
public static class EndedConnection
{
    // As the kernel numbers them (net/tcp_states.h).
    private const byte FinWait1 = 4;
    private const byte FinWait2 = 5;
    private const byte Close = 7;
    private const byte CloseWait = 8;
    private const byte LastAck = 9;
    private const byte Closing = 11;

    /// <summary>Rewrites the connection's tcp-stream image. Bytes that were not acknowledged go: nobody will take them.</summary>
    /// <param name="imagesFolder">The images folder, which belongs to the caller alone.</param>
    /// <param name="socket">The socket.</param>
    /// <returns>The socket with its new state, for files.img.</returns>
    /// <exception cref="ImageFormatException">The image is missing, damaged or truncated.</exception>
    public static InetSocket End(string imagesFolder, InetSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        // The engine counts a FIN that was received in the sequence number.
        var hasFin = socket.State is CloseWait or LastAck or Closing or Close;
        TcpStreamImage.Rewrite(imagesFolder, socket.Inode, contents => contents with
        {
            Numbers = contents.Numbers with { ReceiveSequence = contents.Numbers.ReceiveSequence + (hasFin ? 0u : 1u), UnsentLength = 0 },
            Sent = default,
        });
        // What the job has shut down itself stays so.
        var state = socket.State is FinWait1 or FinWait2 or Closing or LastAck or Close ? Close : CloseWait;
        return socket with { State = state, KeepAlive = false };
    }
}
