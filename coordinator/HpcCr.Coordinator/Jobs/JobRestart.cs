using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>A job on its way back from an epoch.</summary>
/// <param name="EpochPath">The epoch's folder.</param>
/// <param name="Spec">The job as it will run.</param>
/// <param name="Going">Whether all nodes stood at their gates and may have been told to go.</param>
/// <param name="Before">What the journal said of the job before; null when there was none.</param>
internal sealed record JobRestart(string EpochPath, JobSpec Spec, bool Going, JournalRecord? Before);
