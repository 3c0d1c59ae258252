using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>On the head node: the manifest and its signature, the restart script, and the rename that makes the epoch exist.</summary>
internal static class CommitPhase
{
    public static Reply Run(LocalJob job, Commit commit, SigningKey key)
    {
        var manifest = ManifestReader.Read(commit.ManifestJson.Span, "of the coordinator");
        var store = job.Store;
        var path = new EpochCommitter(store, store.SyncDirectory).Commit(job.Spec.Folder, manifest, ManifestSigner.SignWhole(manifest, key));
        return new Reply { Committed = new Committed { Path = path } };
    }
}
