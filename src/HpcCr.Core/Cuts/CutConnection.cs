namespace HpcCr.Core;

/// <summary>One connection of a cut and what was found about it.</summary>
/// <param name="End">One end.</param>
/// <param name="Peer">The other; null when the job has none: its program is outside the job, or it was closed.</param>
/// <param name="Fault">Why it does not fit, for people; null when it does.</param>
public sealed record CutConnection(ConnectionEnd End, ConnectionEnd? Peer, string? Fault)
{
    /// <summary>Both ends, for people.</summary>
    public string Name => Peer is null ? $"{End} to {End.Record.Remote}" : $"{End} to {Peer}";
}
