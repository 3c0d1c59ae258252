namespace HpcCr.Core;

/// <summary>
/// Proves from the images of all nodes that a cut is consistent: both ends of every TCP connection inside the job are matched, and in
/// both directions what the receiver has is what the sender sent, no more and no less than the sender can still send again.
/// </summary>
/// <remarks>
/// <code>
/// sender's bytes:   ... acknowledged | sent, not acknowledged | never sent |
///                                    una                      nxt          SendSequence
/// receiver expects:                    una &lt;= rcv &lt;= nxt      (modulo 2^32)
/// </code>
/// Below una the sender has nothing any more, so a receiver that expects it would wait for ever; above nxt nothing was sent, so a
/// receiver that has it would be ahead of its sender.
/// </remarks>
public static class CutProof
{
    /// <summary>Examines all connections of an epoch.</summary>
    public static CutVerdict Of(IReadOnlyList<ManifestNode> nodes)
    {
        var ends = new ConnectionEnds(nodes);
        var done = new HashSet<ConnectionEnd>(ReferenceEqualityComparer.Instance);
        var connections = new List<CutConnection>();
        foreach (var end in ends.All)
        {
            if (!done.Add(end)) continue;
            var found = Examine(end, ends.PeersOf(end).Where(peer => ReferenceEquals(peer, end) || !done.Contains(peer)));
            if (found.Peer is not null) done.Add(found.Peer);
            connections.Add(found);
        }

        return new CutVerdict(connections);
    }

    // Of several that could be the other end (sockets bound to different interfaces) it is the one that fits.
    private static CutConnection Examine(ConnectionEnd end, IEnumerable<ConnectionEnd> peers)
    {
        if (!end.Record.InJob) return new CutConnection(end, null, null);
        CutConnection? first = null;
        foreach (var peer in peers)
        {
            var found = new CutConnection(end, peer, FaultBetween(end, peer));
            if (found.Fault is null) return found;
            first ??= found;
        }

        return first ?? new CutConnection(end, null, FaultAlone(end.Record));
    }

    private static string? FaultAlone(ConnectionRecord end) => FaultWithin(end) ?? (end.State is TcpEndState.SynSent or "CLOSE_WAIT" or "CLOSE" ? null
        : "its other end is in no image, and the peer had not closed it");

    private static string? FaultBetween(ConnectionEnd one, ConnectionEnd other) =>
        FaultWithin(one.Record) ?? FaultWithin(other.Record)
        ?? (one.Record.State == TcpEndState.SynSent && other.Record.State == TcpEndState.SynSent ? null
            : FaultOfFlow(one, other) ?? FaultOfFlow(other, one));

    private static string? FaultWithin(ConnectionRecord end)
    {
        if (end.Numbers is not { } numbers) return $"{end.Local} is in no image";
        if (numbers.UnsentLength > numbers.SendLength) return $"{end.Local} has {numbers.UnsentLength} bytes never sent among {numbers.SendLength}";
        return end.UnreadBytes == numbers.ReceiveLength ? null
            : $"{end.Local} had {end.UnreadBytes} bytes to read when it was frozen, and its image has {numbers.ReceiveLength}";
    }

    private static string? FaultOfFlow(ConnectionEnd sender, ConnectionEnd receiver)
    {
        var (sent, received) = (sender.Record.Numbers!, receiver.Record.Numbers!.ReceiveSequence);
        // A queued FIN counts in the sequence number, and the engine leaves it out of the lengths.
        var fin = TcpEndState.HasFinInQueue(sender.Record) ? 1u : 0u;
        var unacknowledged = sent.SendSequence - sent.SendLength - fin;
        var next = sent.SendSequence - sent.UnsentLength - (sent.UnsentLength > 0 ? fin : 0);
        if (received - unacknowledged > next - unacknowledged)
            return $"{receiver.Node.Node} expects byte {received} of {sender.Node.Node}, which has sent {unacknowledged} to {next}";
        var finArrived = TcpEndState.HasWrittenFin(sender.Record) && received == sent.SendSequence;
        return finArrived == TcpEndState.HasReceivedFin(receiver.Record) ? null
            : finArrived ? $"{receiver.Node.Node} does not know that {sender.Node.Node} has closed"
            : $"{receiver.Node.Node} believes that {sender.Node.Node} has closed";
    }
}
