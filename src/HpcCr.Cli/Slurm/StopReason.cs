namespace HpcCr.Cli.Slurm;

/// <summary>Why a job must leave its allocation.</summary>
/// <param name="Text">For people.</param>
/// <param name="AtOnce">There is no time for an epoch.</param>
internal sealed record StopReason(string Text, bool AtOnce = false);
