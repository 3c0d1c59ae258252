using System.Collections.Concurrent;
using System.Threading.Channels;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>One launcher that is connected now.</summary>
/// <param name="hello">What it said of its node.</param>
/// <param name="time">The clock; the system's by default.</param>
internal sealed class NodeSession(Hello hello, TimeProvider? time = null)
{
    // A launcher may still answer what an earlier coordinator asked: no two of them use the same numbers.
    private static long _lastId = Random.Shared.NextInt64(long.MaxValue / 2);
    private readonly Channel<ToLauncher> _outgoing = Channel.CreateUnbounded<ToLauncher>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<Reply>> _waiting = new();
    private volatile bool _closed;

    /// <summary>What the launcher said of its node.</summary>
    public Hello Hello { get; } = hello;

    /// <summary>The node's name.</summary>
    public string Node => Hello.Node;

    /// <summary>What is to be sent to the launcher, in order.</summary>
    public ChannelReader<ToLauncher> Outgoing => _outgoing.Reader;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private long _lastHeard = (time ?? TimeProvider.System).GetTimestamp();

    /// <summary>When the launcher was last heard of, a timestamp of the clock.</summary>
    public long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>How long ago that is.</summary>
    public TimeSpan Silence => _time.GetElapsedTime(LastHeard);

    /// <summary>The launcher's clock as it has said last; it goes back to it, so that what it may do for a time counts from there.</summary>
    public ulong SentMilliseconds { get; private set; } = hello.SentMs;

    /// <summary>Sends a command and waits for its reply.</summary>
    /// <exception cref="NodeFailedException">The node says that it failed, or is gone.</exception>
    public async Task<Reply> AskAsync(Command command, CancellationToken cancellationToken)
    {
        // The stream is everybody's: what it cannot carry fails here, and not there.
        if (!WireLimits.FitsTheStream(command))
        {
            throw new NodeFailedException(Node, new HpcCrException(FailureKind.Failed,
                $"{command.StepCase} for {Node} takes {command.CalculateSize() >> 20} MiB, and {WireLimits.MostStreamBytes >> 20} MiB is the most", "The job has too many files, or too long a description."), false);
        }

        var stamped = command.Clone();
        stamped.Id = (ulong)Interlocked.Increment(ref _lastId);
        var answer = _waiting.GetOrAdd(stamped.Id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            Send(new ToLauncher { Command = stamped });
            if (_closed)
                throw Gone();
            var reply = await answer.Task.WaitAsync(cancellationToken);
            return reply.Failure is { } failure ? throw new NodeFailedException(Node, failure.ToException(), failure.EngineDied) : reply;
        }
        finally
        {
            _waiting.TryRemove(stamped.Id, out _);
        }
    }

    /// <summary>Sends a message; one to a closed session is dropped.</summary>
    public void Send(ToLauncher message) => _outgoing.Writer.TryWrite(message);

    /// <summary>The launcher was heard of.</summary>
    /// <param name="sentMilliseconds">What its clock said; 0: it did not say.</param>
    public void Heard(ulong sentMilliseconds = 0)
    {
        Volatile.Write(ref _lastHeard, _time.GetTimestamp());
        SentMilliseconds = Math.Max(SentMilliseconds, sentMilliseconds);
    }

    /// <summary>A reply came.</summary>
    public void Replied(Reply reply)
    {
        if (_waiting.TryGetValue(reply.Id, out var waiting))
            waiting.TrySetResult(reply);
    }

    /// <summary>The launcher is gone: whoever waits for it hears so.</summary>
    public void Close()
    {
        _closed = true;
        _outgoing.Writer.TryComplete();
        foreach (var waiting in _waiting.Values)
            waiting.TrySetException(Gone());
    }

    private NodeFailedException Gone() =>
        new(Node, new HpcCrException(FailureKind.Failed, $"the launcher of {Node} went away", "See its log; it reconnects by itself when it is started again."), false);
}
