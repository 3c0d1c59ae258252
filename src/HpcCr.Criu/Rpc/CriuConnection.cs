using System.Net.Sockets;

namespace HpcCr.Criu;

/// <summary>Whole packets to and from an engine process.</summary>
/// <remarks>
/// The socket is one end of a SOCK_SEQPACKET socketpair; `criu swrk FD` holds the other. Whoever starts the engine makes the pair and
/// closes the engine's end in every other process, or the engine's death is never seen.
/// </remarks>
public sealed class CriuConnection : IDisposable
{
    /// <summary>The longest packet accepted, in bytes; the engine's are a few hundred.</summary>
    public const int MaximumPacketBytes = 4 << 20;

    private readonly Socket _socket;
    private readonly TimeProvider _time;

    /// <summary>Takes over our end of the socketpair.</summary>
    /// <param name="socket">The socket; closed with this connection.</param>
    /// <param name="timeProvider">The clock of the deadlines.</param>
    public CriuConnection(Socket socket, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        if (socket.SocketType != SocketType.Seqpacket)
            throw new ArgumentException($"the engine talks over a SOCK_SEQPACKET socket, not {socket.SocketType}", nameof(socket));
        _socket = socket;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Takes over our end of the socketpair.</summary>
    /// <param name="socket">The socket; closed with this connection.</param>
    /// <param name="timeProvider">The clock of the deadlines.</param>
    public CriuConnection(SafeSocketHandle socket, TimeProvider? timeProvider = null)
        : this(new Socket(socket), timeProvider)
    {
    }

    /// <summary>Sends one packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="EngineDiedException">Nobody is at the other end.</exception>
    /// <exception cref="EngineSilentException">The engine did not take it within the deadline.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> packet, TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        var sent = await WithDeadlineAsync(
            token => _socket.SendAsync(packet, SocketFlags.None, token), "took no request", deadline, cancellationToken);
        if (sent != packet.Length)
            throw new EngineProtocolException($"only {sent} of {packet.Length} bytes of a request left; a packet is whole or nothing");
    }

    /// <summary>Waits for one packet.</summary>
    /// <param name="deadline">How long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The whole packet, whatever its length up to <see cref="MaximumPacketBytes"/>.</returns>
    /// <exception cref="EngineDiedException">The other end was closed.</exception>
    /// <exception cref="EngineSilentException">Nothing came within the deadline.</exception>
    /// <exception cref="EngineProtocolException">The packet is too long or was truncated.</exception>
    public async Task<byte[]> ReceiveAsync(TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        // Peek with MSG_TRUNC tells the packet's real length without taking it, so no buffer is ever too small.
        var peek = new byte[1];
        var length = await WithDeadlineAsync(
            token => _socket.ReceiveAsync(peek, SocketFlags.Peek | SocketFlags.Truncated, token),
            "said nothing",
            deadline,
            cancellationToken);
        if (length == 0) throw new EngineDiedException("the engine closed the connection without an answer");
        if (length > MaximumPacketBytes)
            throw new EngineProtocolException($"the engine sent a packet of {length} bytes; at most {MaximumPacketBytes} are expected");
        var packet = new byte[length];
        var received = await WithDeadlineAsync(
            token => _socket.ReceiveAsync(packet, SocketFlags.Truncated, token), "said nothing", deadline, cancellationToken);
        if (received == length) return packet;
        throw new EngineProtocolException($"a packet of {length} bytes became one of {received} while it was read; it is truncated");
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async Task<int> WithDeadlineAsync(
        Func<CancellationToken, ValueTask<int>> transfer, string fault, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await transfer(either.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new EngineSilentException($"the engine {fault} for {deadline.TotalSeconds:0.###} s; it may still hold the tasks");
        }
        catch (SocketException e)
        {
            throw new EngineDiedException($"the connection to the engine broke: {e.Message}", e);
        }
    }
}
