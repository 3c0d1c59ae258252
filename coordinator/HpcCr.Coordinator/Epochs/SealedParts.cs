using System.Text.Json;
using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>The parts of an epoch's manifest that the nodes have sealed, together found to be one consistent cut.</summary>
/// <param name="Nodes">A part per sandbox, in their order.</param>
/// <param name="Signatures">The launchers' signatures of them, in the same order.</param>
internal sealed record SealedParts(IReadOnlyList<ManifestNode> Nodes, IReadOnlyList<ManifestSignature> Signatures)
{
    private const int MostNamed = 5;

    /// <summary>Reads the parts, settles what lies outside the job, and proves the cut.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="seals">What the nodes answered to Seal.</param>
    /// <param name="drained">What they answered to Drain.</param>
    /// <exception cref="HpcCrException">The epoch may not be committed: it is no consistent cut (failed), or a connection is forbidden.</exception>
    public static SealedParts Prove(JobSpec spec, int epoch, IReadOnlyDictionary<string, Reply> seals, IReadOnlyDictionary<string, Drained> drained)
    {
        var others = drained.ToDictionary(d => d.Key, IReadOnlySet<(string, string)> (d) => d.Value.Others.Select(o => (o.Local, o.Remote)).ToHashSet());
        var parts = OutsidePeers.Mark([.. spec.Nodes.Select(n => Part(seals[n].Sealed))], others);
        OutsideFinding.RequireNoneForbidden(spec, epoch, parts);
        var faults = CutProof.Of(parts).Faults;
        return faults.Count == 0
            ? new SealedParts(parts, [.. spec.Nodes.Select(n => new ManifestSignature(n, seals[n].Sealed.KeyId, seals[n].Sealed.Signature))])
            : throw new HpcCrException(FailureKind.Failed,
                $"epoch {epoch} of {spec.Name} is no consistent cut and was not committed: {string.Join("; ", faults.Take(MostNamed))}"
                    + (faults.Count > MostNamed ? $"; and {faults.Count - MostNamed} more" : ""),
                "The job runs on. Checkpoint again; if that fails in the same way, it is a defect of HpcCr or of its engine.");
    }

    private static ManifestNode Part(Sealed part) =>
        JsonSerializer.Deserialize(part.ManifestNodeJson.Span, CoreJson.Default.ManifestNode)
        ?? throw new HpcCrException(FailureKind.Internal, "a node described its images with nothing");
}
