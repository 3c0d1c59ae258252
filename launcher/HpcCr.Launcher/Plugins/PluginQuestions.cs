using System.Collections.Concurrent;
using HpcCr.Protocol.V1;

namespace HpcCr.Launcher;

/// <summary>What plugins ask of themselves on the job's other nodes; the coordinator brings them together.</summary>
internal sealed class PluginQuestions
{
    private const int MostKeyBytes = 256;
    private const int MostValueBytes = 64 << 10;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<PluginAnswer>> _waiting = new();
    private ulong _lastId;

    /// <summary>Sends to the coordinator; false when there is none.</summary>
    public Func<FromLauncher, bool> Send { get; set; } = _ => false;

    /// <summary>Asks the coordinator, and waits as long as it takes.</summary>
    /// <param name="job">The sandbox.</param>
    /// <param name="attempt">The attempt, as the plugin was told of it.</param>
    /// <param name="plugin">The plugin.</param>
    /// <param name="question">Its question.</param>
    /// <param name="cancellationToken">The event is over.</param>
    public async Task<HostLine> AnswerAsync(LocalJob job, HostHello attempt, string plugin, PluginLine question, CancellationToken cancellationToken)
    {
        var ask = new PluginAsk { Id = Interlocked.Increment(ref _lastId), Epoch = (uint)attempt.Epoch, Restart = attempt.Restart, Plugin = plugin };
        if (question.Put is { } put)
            ask.Put = new PluginPut { Key = put.Key, Value = put.Value };
        else if (question.Get is { } get)
            ask.Get = get;
        else
            ask.Barrier = question.Barrier;
        if (Count(question.Put?.Key ?? question.Get ?? question.Barrier!) > MostKeyBytes || Count(question.Put?.Value ?? "") > MostValueBytes)
            return new HostLine { Failure = $"a name has at most {MostKeyBytes} bytes and a value {MostValueBytes}" };
        var answer = _waiting.GetOrAdd(ask.Id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            if (!Send(new FromLauncher { Event = new Event { Job = job.Spec.Name, Uid = job.Spec.Uid, Sandbox = job.Sandbox, Incarnation = (ulong)job.Spec.Incarnation, PluginAsk = ask } }))
                return new HostLine { Failure = "the coordinator is not connected" };
            var said = await answer.Task.WaitAsync(cancellationToken);
            return said.Failure.Length > 0 ? new HostLine { Failure = said.Failure } : new HostLine { Value = said.Value };
        }
        finally
        {
            _waiting.TryRemove(ask.Id, out _);
        }
    }

    /// <summary>The coordinator has answered.</summary>
    public void Answered(PluginAnswer answer)
    {
        if (_waiting.TryRemove(answer.Id, out var waiting))
            waiting.TrySetResult(answer);
    }

    private static int Count(string text) => System.Text.Encoding.UTF8.GetByteCount(text);
}
