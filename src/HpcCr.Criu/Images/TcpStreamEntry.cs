namespace HpcCr.Criu.Images;

/// <summary>
/// The sequence numbers and queues of a TCP connection in a dump. Sequence numbers count modulo 2^32; a FIN counts one, and is in no
/// length.
/// </summary>
public sealed record TcpStreamEntry
{
    /// <summary>The socket's inode at the dump.</summary>
    public required uint Inode { get; init; }

    /// <summary>Bytes received and not read.</summary>
    public required uint ReceiveLength { get; init; }

    /// <summary>The next sequence number expected from the peer (rcv_nxt); behind the peer's FIN once that was received.</summary>
    public required uint ReceiveSequence { get; init; }

    /// <summary>Bytes written and not acknowledged, sent or not.</summary>
    public required uint SendLength { get; init; }

    /// <summary>The sequence number after the last byte written (write_seq); behind our FIN once that was queued.</summary>
    public required uint SendSequence { get; init; }

    /// <summary>The part of <see cref="SendLength"/> that was never sent.</summary>
    public required uint UnsentLength { get; init; }

    /// <summary>Options that the handshake agreed on (TCPI_OPT_ bits: 1 timestamps, 2 SACK, 4 window scale).</summary>
    public required uint OptionMask { get; init; }

    /// <summary>Largest segment, in bytes.</summary>
    public required uint MaximumSegment { get; init; }

    /// <summary>The peer's window shift.</summary>
    public required uint SendWindowScale { get; init; }

    /// <summary>Our window shift.</summary>
    public uint? ReceiveWindowScale { get; init; }

    /// <summary>The clock of the timestamp option.</summary>
    public uint? Timestamp { get; init; }

    /// <summary>The sequence number of the segment that last updated the send window.</summary>
    public uint? SendWindowUpdate { get; init; }

    /// <summary>The window that the peer offers, in bytes.</summary>
    public uint? SendWindow { get; init; }

    /// <summary>The largest window that the peer ever offered, in bytes.</summary>
    public uint? MaximumWindow { get; init; }

    /// <summary>The window that we offer, in bytes.</summary>
    public uint? ReceiveWindow { get; init; }

    /// <summary>rcv_nxt when the window was last offered.</summary>
    public uint? ReceiveWindowUpdate { get; init; }
}
