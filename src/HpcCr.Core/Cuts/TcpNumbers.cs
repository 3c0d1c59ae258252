namespace HpcCr.Core;

/// <summary>
/// What the image of one end of a TCP connection says. Sequence numbers count modulo 2^32; a FIN counts one in them, and nothing in
/// the lengths.
/// </summary>
/// <param name="ReceiveSequence">The number that is expected next from the peer.</param>
/// <param name="ReceiveLength">Bytes received and not read.</param>
/// <param name="SendSequence">The number after all that was written.</param>
/// <param name="SendLength">Bytes written and not acknowledged, sent or not.</param>
/// <param name="UnsentLength">The part of them that was never sent.</param>
public sealed record TcpNumbers(uint ReceiveSequence, uint ReceiveLength, uint SendSequence, uint SendLength, uint UnsentLength);
