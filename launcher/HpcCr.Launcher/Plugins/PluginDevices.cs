using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>Devices that plugins see to: for the preflight they are no faults, and they must be closed when the plugins have been asked.</summary>
internal static class PluginDevices
{
    /// <summary>Beginnings of their names.</summary>
    public static IReadOnlyList<string> Of(LocalJob job) => [.. new PluginFolders(job.Options.Plugins).OfJob(job.Spec).SelectMany(plugin => plugin.Description.Devices)];

    /// <summary>Goes on only if no process holds one that the engine cannot dump.</summary>
    /// <exception cref="HpcCrException">Some do; the first is named (unsupported).</exception>
    public static void RequireClosed(LocalJob job)
    {
        if (!job.Plugins.Devices.Any())
            return;
        var open = new DeviceCheck().Look(PreflightTarget.At(job, 0) with { DevicesOfPlugins = job.Plugins.EngineDevices }).Where(finding => !finding.IsWarning).ToList();
        if (open.Count > 0)
            throw new HpcCrException(FailureKind.Unsupported, $"{ProcessNames.Of(open[0].Pid)} on {job.Options.Node} still {open[0].Text} although the plugins have been asked; nothing was frozen", open[0].Remedy);
    }
}
