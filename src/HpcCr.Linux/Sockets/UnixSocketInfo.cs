namespace HpcCr.Linux;

/// <summary>A unix socket, as sock_diag(7) describes it.</summary>
/// <param name="Inode">Its inode.</param>
/// <param name="Peer">The inode of the socket that it is connected to; 0 for none.</param>
/// <param name="IsDatagram">Whether it carries datagrams, which name their receiver.</param>
/// <param name="Path">The path that it is bound to, of an accepted one that of its listener; empty where there is none.</param>
public sealed record UnixSocketInfo(uint Inode, uint Peer, bool IsDatagram, string Path = "");
