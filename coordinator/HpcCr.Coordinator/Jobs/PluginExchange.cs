using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>Where the plugins of a job's nodes meet in one epoch or restart: values that one of them puts for all, and barriers.</summary>
/// <param name="epoch">The epoch, or the one that is gone back to.</param>
/// <param name="isRestart">Whether it is a restart.</param>
/// <param name="sandboxes">How many come to a barrier.</param>
internal sealed class PluginExchange(int epoch, bool isRestart, int sandboxes)
{
    private const int MostEntries = 1000;
    private readonly System.Threading.Lock _gate = new();
    private readonly Dictionary<(string Plugin, string Key), TaskCompletionSource<string>> _values = [];
    private readonly Dictionary<(string Plugin, string Barrier), HashSet<string>> _arrived = [];
    private readonly HashSet<(string Plugin, string Key)> _put = [];

    /// <summary>Answers a plugin; waits for the others where it asks for them.</summary>
    /// <param name="ask">What it asks.</param>
    /// <param name="sandbox">Where it is.</param>
    public async Task<PluginAnswer> AnswerAsync(PluginAsk ask, string sandbox)
    {
        if (ask.Epoch != epoch || ask.Restart != isRestart)
            return new PluginAnswer { Id = ask.Id, Failure = "the attempt is over" };
        Task<string>? waiting;
        var failure = $"more than {MostEntries} names in one attempt";
        lock (_gate)
        {
            if (ask.Put is { } put && !_put.Add((ask.Plugin, put.Key)))
                (waiting, failure) = (null, $"{put.Key} has been put already");
            else
                waiting = Find(ask, sandbox);
        }

        return waiting is null ? new PluginAnswer { Id = ask.Id, Failure = failure } : new PluginAnswer { Id = ask.Id, Value = await waiting };
    }

    // What is asked, as it will be answered; null when there is no room for a further name.
    private Task<string>? Find(PluginAsk ask, string sandbox)
    {
        switch (ask.QuestionCase)
        {
            case PluginAsk.QuestionOneofCase.Put:
                Entry(ask.Plugin, "k" + ask.Put.Key)?.TrySetResult(ask.Put.Value);
                return Entry(ask.Plugin, "k" + ask.Put.Key) is null ? null : Task.FromResult("");
            case PluginAsk.QuestionOneofCase.Get:
                return Entry(ask.Plugin, "k" + ask.Get)?.Task;
            default:
                return Arrive(ask.Plugin, ask.Barrier, sandbox);
        }
    }

    private Task<string>? Arrive(string plugin, string barrier, string sandbox)
    {
        if (Entry(plugin, "b" + barrier) is not { } entry)
            return null;
        if (!_arrived.TryGetValue((plugin, barrier), out var arrived))
            _arrived[(plugin, barrier)] = arrived = [];
        arrived.Add(sandbox);
        if (arrived.Count == sandboxes)
            entry.TrySetResult("");
        return entry.Task;
    }

    // Names of values and of barriers do not meet: the first letter tells them apart.
    private TaskCompletionSource<string>? Entry(string plugin, string key)
    {
        if (_values.TryGetValue((plugin, key), out var entry))
            return entry;
        return _values.Count >= MostEntries ? null : _values[(plugin, key)] = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
