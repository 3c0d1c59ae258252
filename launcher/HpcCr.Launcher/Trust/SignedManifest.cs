using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>
/// Manifests as launchers believe them: every step of a restart reads what it uses out of bytes whose signatures it has checked itself,
/// whoever handed them over.
/// </summary>
internal static class SignedManifest
{
    /// <summary>Reads a manifest that the coordinator passes on, and the job as it will run.</summary>
    /// <param name="document">The bytes of manifest.json.</param>
    /// <param name="spec">The job as the coordinator wants it to run.</param>
    /// <param name="where">The epoch's folder, for errors.</param>
    /// <param name="key">What it must be signed with.</param>
    /// <exception cref="HpcCrException">It is damaged, or not signed with this key (damaged).</exception>
    public static Manifest Read(ByteString document, ByteString spec, string where, SigningKey key)
    {
        var manifest = ManifestReader.Read(document.Span, where);
        Require(document.Span, manifest, where, key);
        return ManifestReader.Check(manifest with { Spec = Running(manifest.Spec, spec) }, where).UnderRules();
    }

    /// <summary>Refuses a manifest that is not signed.</summary>
    /// <exception cref="HpcCrException">It is not signed with this key (damaged).</exception>
    public static void Require(ReadOnlySpan<byte> document, Manifest manifest, string where, SigningKey key)
    {
        if (ManifestSigner.FaultOf(document, manifest, key) is { } fault)
        {
            throw new HpcCrException(FailureKind.Damaged, $"the manifest of {JobName.Printable(where)} cannot be trusted: {fault}; nothing was started",
                "Restart from another epoch; `hpccr list JOB` shows them.");
        }
    }

    // All that makes the job what it is stays as it was signed; the coordinator says where it runs, in which allocation, how often it is checkpointed,
    // and what becomes of its connections to outside.
    private static JobSpec Running(JobSpec signed, ByteString json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json.Span, CoreJson.Default.JobSpec) is { } asked)
            {
                return signed with
                {
                    Hosts = asked.Hosts,
                    PastAddresses = asked.PastAddresses,
                    IntervalMilliseconds = asked.IntervalMilliseconds,
                    Keep = asked.Keep,
                    Outside = asked.Outside,
                    SlurmJob = asked.SlurmJob,
                    SlurmStep = asked.SlurmStep,
                    Incarnation = asked.Incarnation,
                };
            }
        }
        catch (JsonException)
        {
            // The same as nothing.
        }

        throw new HpcCrException(FailureKind.Internal, "the coordinator does not say how the job will run", "Coordinator and launchers must be of the same version.");
    }
}
