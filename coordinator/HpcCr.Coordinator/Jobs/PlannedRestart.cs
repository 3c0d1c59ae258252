using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>A restart that has been thought through, and not begun.</summary>
/// <param name="Manifest">The epoch, with the job as it will run.</param>
/// <param name="Document">The manifest as it was stored and signed.</param>
/// <param name="Relocation">Where its sandboxes go.</param>
/// <param name="Plan">What is told of it.</param>
/// <param name="EpochPath">The epoch's folder.</param>
/// <param name="Files">What is done with the files of the job.</param>
internal sealed record PlannedRestart(
    Manifest Manifest, ByteString Document, RelocationPlan Relocation, RestartPlan Plan, string EpochPath, Protocol.V1.FileTreatment Files)
{
    /// <summary>Goes on only if nothing stands in its way.</summary>
    /// <exception cref="HpcCrException">Something does; all of it is named (unsupported).</exception>
    public void RequireFaultless()
    {
        if (Plan.Faults.Count > 0)
        {
            throw new HpcCrException(FailureKind.Unsupported, $"epoch {Manifest.Epoch} of {Manifest.Job} cannot be restarted: {string.Join("; ", Plan.Faults)}",
                "Put this right, or restart another epoch; `hpccr list` shows them.");
        }
    }
}
