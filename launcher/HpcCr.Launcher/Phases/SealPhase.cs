using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Brings the images from the node's staging to the store: copy, hash, fsync, describe, sign.</summary>
internal static class SealPhase
{
    public static async Task<Reply> RunAsync(LocalJob job, IReadOnlyList<string> addresses, SigningKey key, CancellationToken cancellationToken)
    {
        var epoch = job.Epoch!;
        var store = job.Store;
        var partial = new EpochCommitter(store, Durable.SyncDirectory).Begin(job.Spec.Folder, epoch.Epoch);
        var folder = Path.Combine(partial, job.Sandbox);
        ImageRights.RequireForSeal(job, epoch.Images);
        var connections = SealedConnections.Read(job.Sandbox, epoch);
        var files = await ImageCopier.SealAsync(epoch.Staging, folder, store, cancellationToken);
        foreach (var directory in files.Select(f => Path.GetDirectoryName(Path.Combine(folder, f.Path))!).Distinct())
            Durable.SyncDirectory(directory);
        Durable.SyncDirectory(folder);
        var node = new ManifestNode
        {
            Node = job.Sandbox,
            Host = job.Sandbox == job.Options.Node ? null : job.Options.Node,
            Addresses = addresses,
            PauseMilliseconds = epoch.PauseMilliseconds,
            Processes = epoch.Processes,
            Files = files,
            Connections = connections,
            Listeners = epoch.Listeners,
            JobFiles = epoch.JobFiles,
            ProcessorBindings = epoch.ProcessorBindings,
        };
        StagingFolders.Remove(epoch.Staging);
        epoch.IsSealed = true;
        var signature = ManifestSigner.SignPart(job.Spec.Name, epoch.Epoch, node, key);
        return new Reply
        {
            Sealed = new Sealed
            {
                ManifestNodeJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(node, CoreJson.Default.ManifestNode)),
                KeyId = signature.KeyId,
                Signature = signature.Value,
            },
        };
    }
}
