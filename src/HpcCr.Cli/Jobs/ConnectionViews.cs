using HpcCr.Cli.Output;

namespace HpcCr.Cli.Jobs;

/// <summary>The connections of an epoch as the command line shows them: each once, with both ends.</summary>
internal static class ConnectionViews
{
    /// <summary>Headings of the table.</summary>
    public static IReadOnlyList<string> Headings { get; } = ["end", "state", "other end", "state", "in flight before>", "after>", "drained to", "verdict"];

    /// <summary>A row of the table.</summary>
    public static IReadOnlyList<string> Row(ConnectionDocument connection) =>
    [
        Place(connection.End), connection.End.State,
        connection.Peer is null ? connection.Remote : Place(connection.Peer), connection.Peer?.State ?? "",
        Quantity.Bytes(connection.InFlightBefore), Quantity.Bytes(connection.InFlightAfter),
        DrainedTo(connection), connection.Fault is not null ? $"{connection.Verdict}: {connection.Fault}" : connection.ReconnectedBy is { } plugin ? $"{connection.Verdict}, opened anew by {plugin}" : connection.Verdict,
    ];

    /// <summary>The document of a connection.</summary>
    public static ConnectionDocument Of(CutConnection connection, string cut)
    {
        ConnectionRecord[] ends = [.. new[] { connection.End, connection.Peer }.OfType<ConnectionEnd>().Distinct().Select(end => end.Record)];
        return new ConnectionDocument(
            EndOf(connection.End), connection.Peer is null ? null : EndOf(connection.Peer), connection.End.Record.Remote,
            ends.Sum(end => end.InFlightBefore), ends.Sum(end => end.InFlightAfter), VerdictOf(connection, cut), cut == CutVerdict.Unproven ? null : connection.Fault, connection.End.Record.ReconnectedBy);
    }

    private static string VerdictOf(CutConnection connection, string cut) =>
        !connection.End.Record.InJob ? "outside the job"
        : cut == CutVerdict.Unproven ? CutVerdict.Unproven
        : connection.Fault is not null ? CutVerdict.Inconsistent
        : CutVerdict.Consistent;

    private static EndDocument EndOf(ConnectionEnd end)
    {
        var record = end.Record;
        return new EndDocument(end.Node.Node, record.Local, record.State,
            record.Numbers?.ReceiveLength ?? record.UnreadBytes, record.Numbers?.SendLength ?? record.SendQueue);
    }

    private static string Place(EndDocument end) => $"{end.Node} {end.Address}";

    private static string DrainedTo(ConnectionDocument connection)
    {
        var queues = new[] { connection.End, connection.Peer }.OfType<EndDocument>().SelectMany(end => new (string Where, long Bytes)[]
        {
            ($"receive queue of {Place(end)}", end.ReceiveBytes), ($"send queue of {Place(end)}", end.SendBytes),
        });
        return string.Join(", ", queues.Where(queue => queue.Bytes > 0).Select(queue => $"{Quantity.Bytes(queue.Bytes)} in {queue.Where}"));
    }
}
