using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>The attempt as a hosted plugin sees it: its questions become lines.</summary>
/// <param name="hello">What the launcher has said of it.</param>
/// <param name="conversation">Where lines go.</param>
internal sealed class HostedAttempt(HostHello hello, PluginConversation conversation) : IPluginAttempt
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<HostLine>> _waiting = new();
    private int _lastQuestion;

    /// <inheritdoc/>
    public string Job => hello.Job;

    /// <inheritdoc/>
    public string Sandbox => hello.Sandbox;

    /// <inheritdoc/>
    public string Node => hello.Node;

    /// <inheritdoc/>
    public IReadOnlyList<string> Nodes => hello.Nodes;

    /// <inheritdoc/>
    public int Epoch => hello.Epoch;

    /// <inheritdoc/>
    public bool IsRestart => hello.Restart;

    /// <inheritdoc/>
    public JsonElement Config => hello.Config;

    /// <inheritdoc/>
    public void Log(string text) => conversation.Send(new PluginLine { Log = text });

    /// <inheritdoc/>
    public Task PutAsync(string key, string value, CancellationToken cancellationToken) => AskAsync(new PluginLine { Put = new KeyValue(key, value) }, cancellationToken);

    /// <inheritdoc/>
    public async Task<string> GetAsync(string key, CancellationToken cancellationToken) => await AskAsync(new PluginLine { Get = key }, cancellationToken);

    /// <inheritdoc/>
    public Task BarrierAsync(string name, CancellationToken cancellationToken) => AskAsync(new PluginLine { Barrier = name }, cancellationToken);

    /// <inheritdoc/>
    public async Task<int> RunInJobAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        int.Parse(await AskAsync(new PluginLine { Run = command }, cancellationToken), CultureInfo.InvariantCulture);

    /// <summary>The launcher has answered a question.</summary>
    public void Answered(int number, HostLine answer)
    {
        if (_waiting.TryRemove(number, out var waiting))
            waiting.TrySetResult(answer);
    }

    private async Task<string> AskAsync(PluginLine question, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _lastQuestion);
        var answer = _waiting.GetOrAdd(number, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            conversation.Send(question with { Ask = number });
            var said = await answer.Task.WaitAsync(cancellationToken);
            return said.Failure is { } failure ? throw new PluginExchangeException(failure) : said.Value ?? "";
        }
        finally
        {
            _waiting.TryRemove(number, out _);
        }
    }
}
