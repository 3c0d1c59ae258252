namespace HpcCr.Core;

/// <summary>TCP_USER_TIMEOUT of a listening socket, which the engine does not put back.</summary>
/// <param name="Local">The socket, <c>address:port</c>.</param>
/// <param name="Milliseconds">The timeout.</param>
public sealed record ListenerTimeout(string Local, int Milliseconds);
