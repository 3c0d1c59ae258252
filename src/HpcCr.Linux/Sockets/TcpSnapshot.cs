namespace HpcCr.Linux;

/// <summary>All that makes a TCP connection go on, in whatever socket: numbers modulo 2^32, windows, what was agreed on, and the bytes in its queues.</summary>
public sealed record TcpSnapshot
{
    /// <summary>The next number that is expected from the peer.</summary>
    public required uint ReceiveSequence { get; init; }

    /// <summary>The number after the last byte that was written.</summary>
    public required uint SendSequence { get; init; }

    /// <summary>Bytes received and not read.</summary>
    public required byte[] Received { get; init; }

    /// <summary>Bytes written and not acknowledged, unsent ones at the end.</summary>
    public required byte[] Sent { get; init; }

    /// <summary>How many of <see cref="Sent"/> were never sent.</summary>
    public required uint Unsent { get; init; }

    /// <summary>Options that both ends agreed on (TCPI_OPT_ bits).</summary>
    public required byte Options { get; init; }

    /// <summary>The peer's window shift.</summary>
    public required byte SendWindowScale { get; init; }

    /// <summary>Our window shift.</summary>
    public required byte ReceiveWindowScale { get; init; }

    /// <summary>The largest segment, in bytes.</summary>
    public required uint MaximumSegment { get; init; }

    /// <summary>The clock of the timestamp option.</summary>
    public required uint Timestamp { get; init; }

    /// <summary>struct tcp_repair_window, word by word: snd_wl1, snd_wnd, max_window, rcv_wnd, rcv_wup.</summary>
    public required IReadOnlyList<uint> Windows { get; init; }
}
