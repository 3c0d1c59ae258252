using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Brings the images from the node's staging to the store: copy, hash, fsync, describe, sign.</summary>
internal static class SealPhase
{
    public static async Task<Reply> RunAsync(LocalJob job, IReadOnlyList<string> addresses, SigningKey key, CancellationToken cancellationToken)
    {
        var epoch = job.Epoch!;
        // Every node has resumed, or none will: a guard whose job is still stopped keeps the timers.
        await job.AskAsync(new GuardRequest { SetTimersBack = new SetTimersBack() }, cancellationToken);
        var store = job.Store;
        var partial = new EpochCommitter(store, store.SyncDirectory).Begin(job.Spec.Folder, epoch.Epoch);
        var folder = Path.Combine(partial, job.Sandbox);
        ImageRights.RequireForSeal(job, epoch.Images);
        var connections = SealedConnections.Read(job.Sandbox, epoch);
        CallsImage.Reenter(epoch.Images, epoch.Calls.Select(call =>
            new CallEntry(call.Thread, call.InstructionPointer, call.StackPointer, call.Number, call.Argument, call.Value)));
        var named = FilesImage.Read(epoch.Images);
        var links = FilesImage.LinkNames(epoch.Images);
        var hugePages = HugePagesImage.Read(epoch.Images, HugePages.DefaultBytes).Select(pages => new HugePagesRecord(pages.Key, pages.Value)).ToList();
        IReadOnlyList<ImageRecord> files = await ImageCopier.SealAsync(epoch.Staging, folder, store, cancellationToken);
        files = [.. files, .. await SealedFiles.HashAsync(job, partial, epoch.JobFiles!, files, cancellationToken)];
        var jobFiles = SealedFiles.Describe(job, epoch.Epoch, epoch.JobFiles!, files, links);
        // A file server may squash root.
        store.Run(() => Sync(store, [.. files.Select(f => Path.GetDirectoryName(Path.Combine(folder, f.Path))!).Distinct(), folder]));
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
            ListenerTimeouts = epoch.ListenerTimeouts,
            JobFiles = jobFiles,
            ProcessorBindings = epoch.ProcessorBindings,
            Machine = Machine.Here,
            User = new UserRecord(UserDatabase.Find(job.Spec.Uid)?.Name, UserDatabase.Groups(job.Spec.Uid, job.Spec.Gid)),
            NeededFiles = NeededFiles.OfJob(job, named, jobFiles),
            Mounts = HostMounts.OfJob(job, epoch.MountsInside, epoch.MountsOutside, named.Select(f => f.Path)),
            Tree = epoch.Tree,
            PluginStates = job.Plugins.States,
            PluginEnds = epoch.PluginEnds.Count > 0 ? epoch.PluginEnds : null,
            HugePages = hugePages.Count > 0 ? hugePages : null,
        };
        epoch.JobFiles!.Dispose();
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

    private static int Sync(StoreAccess store, IReadOnlyList<string> folders)
    {
        foreach (var folder in folders)
            store.SyncDirectory(folder);
        return folders.Count;
    }
}
