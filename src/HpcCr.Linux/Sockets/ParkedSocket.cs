namespace HpcCr.Linux;

/// <summary>The timers of one socket as <see cref="KeepAlive.Park(int)"/> found them.</summary>
/// <param name="Cookie">The kernel's own id of the socket: a descriptor number may be given anew.</param>
/// <param name="KeepAlive">Whether SO_KEEPALIVE was on.</param>
/// <param name="UserTimeoutMs">TCP_USER_TIMEOUT in milliseconds; 0 for the system's own.</param>
public sealed record ParkedSocket(ulong Cookie, bool KeepAlive, int UserTimeoutMs);
