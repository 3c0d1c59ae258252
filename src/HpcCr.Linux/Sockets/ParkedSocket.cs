namespace HpcCr.Linux;

/// <summary>What <see cref="KeepAlive.Park"/> switched off on one socket.</summary>
/// <param name="Descriptor">The socket's number in the process.</param>
/// <param name="Cookie">The kernel's own id of the socket: a descriptor number may be given anew.</param>
/// <param name="KeepAlive">Whether SO_KEEPALIVE was on.</param>
/// <param name="UserTimeoutMs">TCP_USER_TIMEOUT in milliseconds; 0 for the system's own.</param>
public sealed record ParkedSocket(int Descriptor, ulong Cookie, bool KeepAlive, int UserTimeoutMs);
