using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>The engine writes the images up to its gate; the sandbox's private files are packed beside it.</summary>
internal static class DumpPhase
{
    public static async Task<Reply> RunAsync(LocalJob job, Dump dump, CancellationToken cancellationToken)
    {
        var epoch = job.Epoch!;
        epoch.Connections = DrainPhase.Measure(epoch.Connections);
        var files = job.Spec.Attached ? SharedFiles.PackAsync(job, epoch.Files, cancellationToken) : PrivateFiles.PackAsync(job, epoch.Files, cancellationToken);
        var engine = job.AskAsync(new GuardRequest
        {
            Dump = new DumpSandbox { Images = epoch.Images, DeadlineMs = dump.DeadlineMs, External = { ExternalMounts.Dump(job), TreeLook.External(epoch.Tree), PluginEnds.External(epoch.PluginEnds) }, ShellJob = epoch.Tree?.IsShellJob == true },
        }, cancellationToken);
        try
        {
            epoch.MountsOutside = MountInfo.Read();
            epoch.JobFiles = FilesAtCut.Take(job, epoch, cancellationToken);
            epoch.Tree = epoch.Tree is { } tree ? TreeLook.AtCut(job, tree) : null;
            epoch.ProcessorBindings = ProcessorBindings.OfJob(job);
            epoch.MountsInside = MountInfo.Read(epoch.RootPid);
            var state = KernelStateAtCut.Look(epoch);
            await Task.WhenAll(engine, files);
            KernelStateAtCut.Write(epoch, state, engine.Result.Terminals);
        }
        catch
        {
            await EngineLogs.KeepAsync(job, epoch.Images, epoch.Epoch);
            throw;
        }

        epoch.Calls = engine.Result.Calls;
        FreezePhase.RequireAll(job);
        await job.Plugins.AskAsync(PluginEvents.PostDump, cancellationToken);
        // The engine stands at its gate, and this node's vote is not yet cast.
        await FaultHooks.AtAsync(job.Options.Run.Faults, "gate", cancellationToken);
        return new Reply { Dumped = new Dumped { DumpMs = engine.Result.Milliseconds } };
    }
}
