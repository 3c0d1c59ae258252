namespace HpcCr.Criu.Images;

/// <summary>A TCP connection in a dump with the bytes in its queues.</summary>
/// <param name="Numbers">Its numbers; the lengths are those of the queues.</param>
/// <param name="Received">Bytes received and not read.</param>
/// <param name="Sent">Bytes written and not acknowledged; the unsent ones at the end.</param>
public sealed record TcpStreamContents(TcpStreamEntry Numbers, ReadOnlyMemory<byte> Received, ReadOnlyMemory<byte> Sent);
