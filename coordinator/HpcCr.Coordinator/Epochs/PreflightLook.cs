using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>What a look at a running job has found.</summary>
/// <param name="Findings">What stands in the way of an epoch, or would not come back; faults first.</param>
/// <param name="Outside">The connections of each sandbox to programs outside the job.</param>
internal sealed record PreflightLook(IReadOnlyList<Finding> Findings, ILookup<string, OpenConnection> Outside);
