namespace HpcCr.Core;

/// <summary>The job's user as a node's databases had them when the epoch was made.</summary>
/// <param name="Name">Login name; null when the number had none.</param>
/// <param name="Groups">All groups of the user on that node.</param>
public sealed record UserRecord(string? Name, IReadOnlyList<uint> Groups);
