namespace HpcCr.Core;

/// <summary>The new ends of one connection, each <c>address:port</c>.</summary>
/// <param name="OldLocal">This end in the images.</param>
/// <param name="OldRemote">The other end in the images.</param>
/// <param name="Local">This end now.</param>
/// <param name="Remote">The other end now.</param>
public sealed record ConnectionChange(string OldLocal, string OldRemote, string Local, string Remote);
