namespace HpcCr.Linux;

/// <summary>Who is at the other end of a unix socket, as the kernel noted it when the connection was made.</summary>
/// <param name="Pid">The process, in our pid namespace; 0 when it is outside.</param>
/// <param name="Uid">Its effective user.</param>
/// <param name="Gid">Its effective group.</param>
public readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid);
