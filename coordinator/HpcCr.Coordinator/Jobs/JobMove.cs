namespace HpcCr.Coordinator;

/// <summary>A job's way to other nodes.</summary>
/// <param name="Hosts">The node that each sandbox is to go to.</param>
/// <param name="StoppedBy">The epoch that stopped the job for it; 0: none has yet.</param>
internal sealed record JobMove(IReadOnlyList<string> Hosts, int StoppedBy);
