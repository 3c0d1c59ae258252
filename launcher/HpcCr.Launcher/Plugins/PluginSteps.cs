using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>Where plugins come into the phases of an epoch and the steps of a restart.</summary>
internal static class PluginSteps
{
    /// <summary>An epoch begins: the plugins are started and asked.</summary>
    /// <param name="job">The sandbox.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="outside">The sandbox's connections to the outside of the job.</param>
    /// <param name="cancellationToken">The epoch is given up.</param>
    public static async Task QuiesceAsync(LocalJob job, EpochWork epoch, IReadOnlyList<OutsideConnection> outside, CancellationToken cancellationToken)
    {
        // Known before any is started: whatever happens, an abort ends them.
        job.Plugins = PluginSet.Find(job, epoch.Epoch, isRestart: false);
        if (job.Plugins.IsEmpty)
            return;
        await job.Plugins.StartAsync(cancellationToken);
        var processes = job.Cgroup.Processes();
        // What an attached tree has outside of it is replaced without plugins, or refused.
        epoch.OutsideEnds = job.Spec.Attached ? [] : SandboxEnds.Of([.. processes.Where(pid => pid > 0).Select(ProcessLook.At)]);
        (epoch.Claims, epoch.PluginEnds) = await job.Plugins.QuiesceAsync(processes, outside, epoch.OutsideEnds, cancellationToken);
        PluginEnds.RequireAll(job, epoch.OutsideEnds, epoch.PluginEnds);
        PluginDevices.RequireClosed(job);
    }

    /// <summary>The job stands still, and what was in flight has arrived.</summary>
    /// <returns>Which plugins are busy, for people.</returns>
    public static async Task<IReadOnlyList<string>> PreDumpAsync(LocalJob job, EpochWork epoch, CancellationToken cancellationToken)
    {
        if (job.Plugins.IsEmpty)
            return [];
        var now = epoch.Connections.ToDictionary(connection => connection.Inode);
        var claims = epoch.Claims.Values.Where(claim => now.ContainsKey(claim.Connection.Id)).Select(claim => claim with
        {
            Connection = claim.Connection with { Unread = (long)now[claim.Connection.Id].ReceiveQueue, Unsent = (long)now[claim.Connection.Id].SendQueue },
        });
        if (PluginEnds.Unread(epoch.OutsideEnds, epoch.PluginEnds).ToList() is { Count: > 0 } unread)
            return [.. unread.Select(what => $"{job.Sandbox}: {what}")];
        return [.. (await job.Plugins.PreDumpAsync(claims, cancellationToken)).Select(busy => $"{job.Sandbox}: {busy}")];
    }

    /// <summary>A restart begins on this node.</summary>
    public static async Task PreRestoreAsync(LocalJob job, RestoreWork work, CancellationToken cancellationToken)
    {
        job.Plugins = PluginSet.Find(job, work.Manifest.Epoch, isRestart: true);
        await job.Plugins.StartAsync(cancellationToken);
        await job.Plugins.PreRestoreAsync(work.Sandbox.PluginStates, cancellationToken);
    }

    /// <summary>The job runs on all nodes, if a restart was under way; nothing happens after an epoch.</summary>
    public static async Task RestoredAsync(LocalJob job)
    {
        if (job.Plugins.IsEmpty)
            return;
        await job.Plugins.TellAsync(PluginEvents.Restored, job.Cgroup.Processes());
        await EndAsync(job);
    }

    /// <summary>The epoch or restart under way was given up.</summary>
    public static async Task AbortAsync(LocalJob job)
    {
        await job.Plugins.TellAsync(PluginEvents.Aborted);
        await EndAsync(job);
    }

    /// <summary>The epoch or restart is over; nothing happens when none was under way.</summary>
    public static async Task EndAsync(LocalJob job)
    {
        await job.Plugins.EndAsync();
        job.Plugins = PluginSet.None;
    }
}
