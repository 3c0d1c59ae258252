namespace HpcCr.Linux;

/// <summary>A user as the host's databases have it (passwd(5), NSS).</summary>
/// <param name="Name">Login name.</param>
/// <param name="Uid">Number.</param>
/// <param name="Gid">Primary group.</param>
/// <param name="Home">Home folder.</param>
/// <param name="Shell">Login shell; may be empty.</param>
public sealed record UserEntry(string Name, uint Uid, uint Gid, string Home, string Shell);
