using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Reads an epoch's manifest as the user who asks for it.</summary>
internal static class LoadEpochStep
{
    public static Reply Run(LoadEpoch request)
    {
        var manifest = new StoreAccess(request.Uid, request.Gid).Run(() => EpochReader.ReadManifest(request.Path));
        if (request.Uid != 0 && manifest.Spec.Uid != request.Uid)
        {
            throw new HpcCrException(FailureKind.NotAllowed, $"the epoch {JobName.Printable(request.Path)} is of another user's job",
                "Only the job's owner may restart it.");
        }

        return new Reply { EpochLoaded = new EpochLoaded { ManifestJson = ByteString.CopyFrom(ManifestReader.Write(manifest)) } };
    }
}
