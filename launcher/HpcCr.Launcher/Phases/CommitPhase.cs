using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>On the head node: the manifest and its signature, the restart script, and the rename that makes the epoch exist.</summary>
internal static class CommitPhase
{
    /// <exception cref="HpcCrException">The folder belongs to a later life of the job (failed).</exception>
    public static async Task<Reply> RunAsync(LocalJob job, Commit commit, SigningKey key)
    {
        var manifest = ManifestReader.Read(commit.ManifestJson.Span, "of the coordinator");
        var store = job.Store;
        var file = new JobRecordFile(store, job.Spec.Folder);
        await file.HoldAsync(() => Require(job, file.Read()));
        var path = new EpochCommitter(store, store.SyncDirectory).Commit(job.Spec.Folder, manifest, ManifestSigner.SignWhole(manifest, key));
        return new Reply { Committed = new Committed { Path = path } };
    }

    private static bool Require(LocalJob job, JobRecord? found) => found is null || found.Incarnation <= job.Spec.Incarnation
        ? true
        : throw new HpcCrException(FailureKind.Failed, $"{job.Spec.Folder} belongs to a later life of job {job.Spec.Name}, under {found.Owner}",
            "Somebody has restarted the job with another coordinator. End this copy of it with `hpccr kill`.");
}
