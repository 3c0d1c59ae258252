using System.Text.Json;

namespace HpcCr.Plugins;

/// <summary>One epoch or restart of a job, as one sandbox of it sees it, and the plugin's ways to the job's other sandboxes.</summary>
public interface IPluginAttempt
{
    /// <summary>The job's name.</summary>
    string Job { get; }

    /// <summary>The sandbox: the node that this part of the job was started on.</summary>
    string Sandbox { get; }

    /// <summary>The node that it is on now.</summary>
    string Node { get; }

    /// <summary>All sandboxes of the job, that of its command first.</summary>
    IReadOnlyList<string> Nodes { get; }

    /// <summary>The epoch's number; in a restart, of the epoch that the job goes back to.</summary>
    int Epoch { get; }

    /// <summary>Whether it is a restart.</summary>
    bool IsRestart { get; }

    /// <summary>The plugin's <c>config</c>, from plugin.json or from <c>hpccr run --plugin NAME=FILE</c>; an object, empty where there is none.</summary>
    JsonElement Config { get; }

    /// <summary>Writes a line into the launcher's log and into plugins.log of the job's folder. All that a plugin logs in one attempt may have 64 KiB.</summary>
    /// <param name="text">One line.</param>
    void Log(string text);

    /// <summary>Gives a value to this plugin on all sandboxes of the job. Only while an event is open, as all that follows.</summary>
    /// <param name="key">Its name, at most 256 bytes; put once per attempt.</param>
    /// <param name="value">The value, at most 64 KiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginExchangeException">It was refused.</exception>
    Task PutAsync(string key, string value, CancellationToken cancellationToken);

    /// <summary>Waits until this plugin has put a value on some sandbox of the job in this attempt.</summary>
    /// <param name="key">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginExchangeException">There will be none.</exception>
    Task<string> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>Waits until this plugin has come to the barrier on every sandbox of the job.</summary>
    /// <param name="name">The barrier's name, at most 256 bytes; used once per attempt.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginExchangeException">They will not all come.</exception>
    Task BarrierAsync(string name, CancellationToken cancellationToken);

    /// <summary>Runs a command in the sandbox as the job's user, in the job's working directory and with its environment, and waits for its end. Only while the
    /// job runs: in Quiesce, Resumed, Restored, and Aborted of an epoch. What it writes goes to the sandbox's log in the job's folder.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its exit code, as a shell tells it.</returns>
    /// <exception cref="PluginExchangeException">It cannot be run.</exception>
    Task<int> RunInJobAsync(IReadOnlyList<string> command, CancellationToken cancellationToken);
}
