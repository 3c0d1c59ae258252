using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Brings the images from the node's staging to the store: copy, hash, fsync, describe.</summary>
internal static class SealPhase
{
    public static async Task<Reply> RunAsync(LocalJob job, IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        var epoch = job.Epoch!;
        var store = job.Store;
        var partial = new EpochCommitter(store, Durable.SyncDirectory).Begin(job.Spec.Folder, epoch.Epoch);
        var folder = Path.Combine(partial, job.Options.Node);
        var files = await ImageCopier.SealAsync(epoch.Staging, folder, store, cancellationToken);
        foreach (var directory in files.Select(f => Path.GetDirectoryName(Path.Combine(folder, f.Path))!).Distinct())
            Durable.SyncDirectory(directory);
        Durable.SyncDirectory(folder);
        var node = new ManifestNode
        {
            Node = job.Options.Node,
            Addresses = addresses,
            PauseMilliseconds = epoch.PauseMilliseconds,
            Processes = epoch.Processes,
            Files = files,
            Connections = [.. epoch.Connections.Select(ToRecord)],
            Listeners = epoch.Listeners,
            JobFiles = epoch.JobFiles,
            ProcessorBindings = epoch.ProcessorBindings,
            Tree = epoch.Tree,
        };
        StagingFolders.Remove(epoch.Staging);
        epoch.IsSealed = true;
        return new Reply
        {
            Sealed = new Sealed { ManifestNodeJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(node, CoreJson.Default.ManifestNode)) },
        };
    }

    private static ConnectionRecord ToRecord(Connection c) => new()
    {
        Local = c.Local,
        Remote = c.Remote,
        State = c.State,
        InJob = c.InJob,
        InFlightBefore = (long)c.InFlightBefore,
        InFlightAfter = (long)c.InFlightAfter,
        ReceiveQueue = (long)c.ReceiveQueue,
        SendQueue = (long)c.SendQueue,
    };
}
