namespace HpcCr.Plugins;

/// <summary>
/// A plugin: it takes part in the epochs and restarts of a job, one object per sandbox and attempt, in a process of its own.
/// It is asked only for the events whose methods it has.
/// </summary>
/// <remarks>
/// A method must end within its deadline (five seconds unless plugin.json says otherwise) and should listen to its token. What it throws
/// costs what plugin.json says under <c>onFailure</c>; a <see cref="PluginVetoException"/> always ends the epoch or the restart. The job is never
/// harmed. The class is public and has a constructor without parameters; methods are called one after the other.
/// </remarks>
public interface ICheckpointPlugin
{
    /// <summary>An epoch begins; the job still runs. The time to bring outside talk to rest and to claim connections.</summary>
    /// <param name="attempt">The epoch.</param>
    /// <param name="quiesce">What the job holds to the outside.</param>
    /// <param name="cancellationToken">The epoch was given up, or the deadline is over.</param>
    /// <returns>What the plugin takes upon itself.</returns>
    Task<QuiesceAnswer> QuiesceAsync(IPluginAttempt attempt, QuiesceEvent quiesce, CancellationToken cancellationToken) => Task.FromResult(new QuiesceAnswer());

    /// <summary>The whole job stands still; its connections to the outside still receive. It may come again if the plugin, or something else, is busy.</summary>
    /// <param name="attempt">The epoch.</param>
    /// <param name="preDump">The connections that the plugin has claimed.</param>
    /// <param name="cancellationToken">As in <see cref="QuiesceAsync"/>.</param>
    /// <returns>What a restart is to know, or why it is too early.</returns>
    Task<PreDumpAnswer> PreDumpAsync(IPluginAttempt attempt, PreDumpEvent preDump, CancellationToken cancellationToken) => Task.FromResult(new PreDumpAnswer());

    /// <summary>The images are written; the job stands still until all nodes have voted.</summary>
    /// <param name="attempt">The epoch.</param>
    /// <param name="cancellationToken">As in <see cref="QuiesceAsync"/>.</param>
    Task PostDumpAsync(IPluginAttempt attempt, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The job runs on. It does not come where the job ends with the epoch (<c>--stop</c>).</summary>
    /// <param name="attempt">The epoch.</param>
    /// <param name="cancellationToken">As in <see cref="QuiesceAsync"/>.</param>
    Task ResumedAsync(IPluginAttempt attempt, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A restart begins on this node; nothing of the job is there yet.</summary>
    /// <param name="attempt">The restart.</param>
    /// <param name="preRestore">What the plugin left in the epoch.</param>
    /// <param name="cancellationToken">The restart was given up, or the deadline is over.</param>
    Task PreRestoreAsync(IPluginAttempt attempt, PreRestoreEvent preRestore, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A connection that the plugin has claimed needs a new one in its place; comes once for each.</summary>
    /// <param name="attempt">The restart.</param>
    /// <param name="reconnect">The old connection, with the bytes that were under way.</param>
    /// <param name="cancellationToken">As in <see cref="PreRestoreAsync"/>.</param>
    /// <returns>A connected TCP socket. The job finds it under its old descriptor; the plugin must not use it any more.</returns>
    Task<ReconnectAnswer> ReconnectAsync(IPluginAttempt attempt, ReconnectEvent reconnect, CancellationToken cancellationToken) =>
        throw new PluginVetoException("this plugin cannot reconnect", "Claim no connection in Quiesce, or write ReconnectAsync.");

    /// <summary>A unix socket or pipe that the plugin has claimed needs another one in its place; comes once for each.</summary>
    /// <param name="attempt">The restart.</param>
    /// <param name="replace">The old one. What was unread in it is not there any more: an epoch is made only when nothing is.</param>
    /// <param name="cancellationToken">As in <see cref="PreRestoreAsync"/>.</param>
    /// <returns>An open one. The job finds it under its old descriptor.</returns>
    Task<ReplaceAnswer> ReplaceAsync(IPluginAttempt attempt, ReplaceEvent replace, CancellationToken cancellationToken) =>
        throw new PluginVetoException("this plugin cannot replace", "Claim no ends in Quiesce, or write ReplaceAsync.");

    /// <summary>The restarted job runs.</summary>
    /// <param name="attempt">The restart; a new object of the plugin, in a new process.</param>
    /// <param name="restored">What runs.</param>
    /// <param name="cancellationToken">As in <see cref="PreRestoreAsync"/>.</param>
    Task RestoredAsync(IPluginAttempt attempt, RestoredEvent restored, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The epoch was given up and the job runs on, or the restart was and nothing of it is there.</summary>
    /// <param name="attempt">The epoch or restart.</param>
    /// <param name="cancellationToken">The deadline is over.</param>
    Task AbortedAsync(IPluginAttempt attempt, CancellationToken cancellationToken) => Task.CompletedTask;
}
