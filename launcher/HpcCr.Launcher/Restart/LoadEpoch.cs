using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Reads an epoch's manifest as the user who asks for it, and believes it only if it is signed.</summary>
internal static class LoadEpochStep
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static Reply Run(LoadEpoch request, SigningKey key)
    {
        var store = new StoreAccess(request.Uid, request.Gid);
        try
        {
            var (document, manifest) = store.RunWithin(Deadline, JobName.Printable(request.Path), () => EpochReader.ReadDocument(request.Path));
            if (request.Uid != 0 && manifest.Spec.Uid != request.Uid)
            {
                throw new HpcCrException(FailureKind.NotAllowed, $"the epoch {JobName.Printable(request.Path)} is of another user's job",
                    "Only the job's owner may restart it.");
            }

            SignedManifest.Require(document, manifest, request.Path, key);
            return new Reply { EpochLoaded = new EpochLoaded { ManifestJson = ByteString.CopyFrom(document) } };
        }
        catch (HpcCrException e) when (e.Kind == FailureKind.Damaged)
        {
            throw new HpcCrException(e.Kind, e.Message, GoodEpochs.Advice(request.Path, null, store, key), e);
        }
    }
}
