using HpcCr.Core;
using HpcCr.Plugins;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Launcher;

/// <summary>The plugins of one sandbox in one epoch or restart.</summary>
internal sealed class PluginSet
{
    private const int MostStateCharacters = 64 << 10;
    private readonly IReadOnlyList<JobPlugin> _plugins;

    private PluginSet(IReadOnlyList<JobPlugin> plugins) => _plugins = plugins;

    /// <summary>No attempt is under way.</summary>
    public static PluginSet None { get; } = new([]);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _plugins.Count == 0;

    /// <summary>What they want a restart to know; null when none does.</summary>
    public IReadOnlyList<PluginState>? States =>
        _plugins.Where(plugin => plugin.State is not null).Select(plugin => new PluginState(plugin.Name, plugin.State!)).ToList() is { Count: > 0 } states ? states : null;

    /// <summary>Devices that the engine saves by itself, as the plugins that see to them have said.</summary>
    public IReadOnlyList<string> EngineDevices { get; private set; } = [];

    /// <summary>Devices that they see to.</summary>
    public IEnumerable<string> Devices => _plugins.SelectMany(plugin => plugin.Devices);

    /// <summary>Finds the plugins of a job; none of them is started.</summary>
    /// <exception cref="HpcCrException">One is not there, or may not be used.</exception>
    public static PluginSet Find(LocalJob job, int epoch, bool isRestart)
    {
        var found = new PluginFolders(job.Options.Plugins).OfJob(job.Spec, inDoubt: true);
        return new PluginSet([.. found.Select(plugin => new JobPlugin(plugin, job,
            new HostHello(PluginApi.Version, job.Spec.Name, job.Sandbox, job.Options.Node, job.Spec.Nodes, epoch, isRestart, plugin.Config)))]);
    }

    /// <summary>Starts them.</summary>
    /// <exception cref="HpcCrException">One failed, and that costs the attempt.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => EachAsync(plugin => plugin.StartAsync(cancellationToken));

    /// <summary>The epoch begins.</summary>
    /// <param name="pids">The sandbox's processes.</param>
    /// <param name="outside">Its connections to the outside.</param>
    /// <param name="ends">Its unix sockets and pipes to the outside.</param>
    /// <param name="cancellationToken">The epoch is given up.</param>
    /// <returns>What the plugins see to, by the connection's number, and which ends they will replace.</returns>
    /// <exception cref="HpcCrException">A plugin refuses, failed, or claims what another one does.</exception>
    public async Task<(IReadOnlyDictionary<uint, PluginClaim> Claims, IReadOnlyList<PluginEnd> Ends)> QuiesceAsync(
        IReadOnlyList<int> pids, IReadOnlyList<OutsideConnection> outside, IReadOnlyList<OutsideEnd> ends, CancellationToken cancellationToken)
    {
        var known = outside.ToDictionary(connection => connection.Id);
        var knownEnds = ends.ToDictionary(end => end.Id);
        var claims = new Dictionary<uint, PluginClaim>();
        var replaced = new Dictionary<string, PluginEnd>();
        foreach (var (plugin, answer) in await AskAsync(
            _ => new HostLine { Event = PluginEvents.Quiesce, Pids = pids, Connections = outside, Ends = ends }, cancellationToken, CheckClaims))
        {
            EngineDevices = [.. EngineDevices, .. (answer.EngineDevices ?? []).Intersect(plugin.Devices)];
            foreach (var end in answer.Ends ?? [])
                if (!replaced.TryAdd(end, new PluginEnd(end, plugin.Name, knownEnds[end].Path)))
                    throw ClaimedTwice(replaced[end].Plugin, plugin, $"{end} to {knownEnds[end].Holder}");
            foreach (var claim in answer.Claims ?? [])
            {
                var connection = known[claim.Connection];
                if (!claims.TryAdd(claim.Connection, new PluginClaim(plugin.Name, claim.Policy, connection)))
                    throw ClaimedTwice(claims[claim.Connection].Plugin, plugin, $"the connection {connection.Local} to {connection.Remote}");
            }
        }

        return (claims, [.. replaced.Values]);

        void CheckClaims(PluginLine answer)
        {
            if ((answer.Ends ?? []).FirstOrDefault(end => !knownEnds.ContainsKey(end)) is { } unknown)
                throw new PluginFault($"claimed '{PluginText.Printable(unknown)}', which there is not,");
            foreach (var claim in answer.Claims ?? [])
            {
                if (!known.ContainsKey(claim.Connection))
                    throw new PluginFault($"claimed connection {claim.Connection}, which there is not,");
                if (claim.Policy is not (ConnectionClaim.Reconnect or ConnectionClaim.Close or ConnectionClaim.Keep))
                    throw new PluginFault($"claimed a connection as '{PluginText.Printable(claim.Policy)}', which means nothing,");
            }
        }
    }

    /// <summary>The job stands still.</summary>
    /// <param name="claims">What the plugins see to, with the queues as they are now.</param>
    /// <param name="cancellationToken">The epoch is given up.</param>
    /// <returns>Who is busy and why, for people; empty: it is a good moment.</returns>
    public async Task<IReadOnlyList<string>> PreDumpAsync(IEnumerable<PluginClaim> claims, CancellationToken cancellationToken)
    {
        var all = claims.ToLookup(claim => claim.Plugin, claim => claim.Connection);
        List<string> busy = [];
        foreach (var (plugin, answer) in await AskAsync(plugin => new HostLine { Event = PluginEvents.PreDump, Connections = [.. all[plugin.Name]] }, cancellationToken, CheckState))
        {
            plugin.State = answer.State;
            if (answer.Busy is { } why)
                busy.Add($"plugin {plugin.Name} is busy: {PluginText.Printable(why)}");
        }

        return busy;
    }

    /// <summary>An event that says all by its name, with a say in the attempt: postDump, resumed.</summary>
    public Task AskAsync(string name, CancellationToken cancellationToken) => AskAsync(_ => new HostLine { Event = name }, cancellationToken);

    /// <summary>An event that changes nothing any more: restored, aborted.</summary>
    /// <param name="name">Which.</param>
    /// <param name="pids">The processes that run, where they are told.</param>
    public Task TellAsync(string name, IReadOnlyList<int>? pids = null) => EachAsync(plugin => plugin.TellAsync(new HostLine { Event = name, Pids = pids, State = name == PluginEvents.Restored ? plugin.State : null }));

    /// <summary>A restart begins.</summary>
    /// <param name="states">What the epoch has of the plugins.</param>
    /// <param name="cancellationToken">The restart is given up.</param>
    public Task PreRestoreAsync(IReadOnlyList<PluginState>? states, CancellationToken cancellationToken)
    {
        foreach (var plugin in _plugins)
            plugin.State = states?.FirstOrDefault(state => state.Plugin == plugin.Name)?.State;
        return AskAsync(plugin => new HostLine { Event = PluginEvents.PreRestore, State = plugin.State }, cancellationToken);
    }

    /// <summary>Asks a plugin for a new connection. Calls may come at the same time.</summary>
    /// <param name="name">The plugin that had claimed it.</param>
    /// <param name="reconnect">The connection; the plugin's state is added here.</param>
    /// <param name="cancellationToken">The restart is given up.</param>
    /// <exception cref="HpcCrException">There will be none: the restart must end, whatever the plugin's policy is.</exception>
    public Task<ReconnectResult> ReconnectAsync(string name, ReconnectEvent reconnect, CancellationToken cancellationToken) =>
        Of(name, $"its connection {reconnect.Connection.Local} to {reconnect.Connection.Remote}").ReconnectAsync(reconnect, cancellationToken);

    /// <summary>Asks a plugin for what takes the place of a unix socket or a pipe.</summary>
    /// <param name="end">Which.</param>
    /// <param name="cancellationToken">The restart is given up.</param>
    /// <exception cref="HpcCrException">There will be none: the restart must end, whatever the plugin's policy is.</exception>
    public Task<SafeFileHandle> ReplaceAsync(PluginEnd end, CancellationToken cancellationToken) =>
        Of(end.Plugin, end.Key).ReplaceAsync(new ReplaceEvent { End = new OutsideEnd { Id = end.Key, Path = end.Path } }, cancellationToken);

    /// <summary>Ends all processes. What was learnt of the plugins stays.</summary>
    public Task EndAsync() => EachAsync(plugin => plugin.EndAsync());

    private JobPlugin Of(string name, string claimed) => _plugins.FirstOrDefault(plugin => plugin.Name == name)
        ?? throw new HpcCrException(FailureKind.Failed, $"the job has no plugin {name}, which has claimed {claimed}", "A restart takes the plugins that the job was started with.");

    private static HpcCrException ClaimedTwice(string first, JobPlugin second, string what) => new(FailureKind.Failed,
        $"plugins {first} and {second.Name} both claim {what}; nothing was frozen", "Configure them so that each is one plugin's, or run the job with one of them.");

    private static void CheckState(PluginLine answer)
    {
        if (answer.State is { Length: > MostStateCharacters })
            throw new PluginFault($"wants to keep {answer.State.Length >> 10} KiB in the epoch, more than {MostStateCharacters >> 10},");
    }

    private async Task<IReadOnlyList<(JobPlugin Plugin, PluginLine Answer)>> AskAsync(
        Func<JobPlugin, HostLine> line, CancellationToken cancellationToken, Action<PluginLine>? check = null)
    {
        var answers = new PluginLine?[_plugins.Count];
        await EachAsync(async (plugin, index) => answers[index] = await plugin.AskAsync(line(plugin), cancellationToken, check));
        return [.. _plugins.Zip(answers).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))];
    }

    private Task EachAsync(Func<JobPlugin, Task> action) => EachAsync((plugin, _) => action(plugin));

    // All at the same time; each is waited for, whichever fails.
    private Task EachAsync(Func<JobPlugin, int, Task> action) => Task.WhenAll(_plugins.Select(action));
}
