namespace HpcCr.Coordinator;

/// <summary>How a job ends.</summary>
/// <param name="State">A state in which it has ended.</param>
/// <param name="ExitCode">The exit code of its command, if it has one.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record JobEnd(JobState State, int? ExitCode, string Reason);
