using System.Collections.Concurrent;
using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>The nodes: those connected now, and those that were.</summary>
/// <param name="time">The clock of every wait for them; the system's by default.</param>
/// <param name="fence">How long a node's parts of jobs run without a word from this coordinator; null: without end.</param>
/// <param name="earlierFence">The same for earlier coordinators.</param>
internal sealed class NodeRegistry(TimeProvider? time = null, TimeSpan? fence = null, TimeSpan? earlierFence = null)
{
    private readonly long _began = (time ?? TimeProvider.System).GetTimestamp();
    private readonly ConcurrentDictionary<string, long> _lastHeard = new();
    private readonly ConcurrentDictionary<string, NodeSession> _connected = new();
    private readonly ConcurrentDictionary<string, Hello> _known = new();
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The clock of every wait for a node.</summary>
    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>All nodes that ever connected, by name in the order a person counts them.</summary>
    public IReadOnlyList<Hello> Known => [.. _known.Values.OrderBy(h => h.Node.Length).ThenBy(h => h.Node, StringComparer.Ordinal)];

    /// <summary>The sessions of the nodes connected now.</summary>
    public IEnumerable<NodeSession> Connected => _connected.Values;

    /// <summary>The session of a node, or null when it is not connected.</summary>
    public NodeSession? Find(string node) => _connected.GetValueOrDefault(node);

    /// <summary>A node has connected; an older session of the same name is closed.</summary>
    public void Add(NodeSession session)
    {
        _known[session.Node] = session.Hello;
        if (_connected.TryGetValue(session.Node, out var older))
            older.Close();
        _connected[session.Node] = session;
        Interlocked.Exchange(ref _arrival, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Completes when the next node connects.</summary>
    public Task NextArrival() => Volatile.Read(ref _arrival).Task;

    /// <summary>Waits until a node is connected.</summary>
    /// <returns>False when it still is not at the deadline.</returns>
    public async Task<bool> ReturnsAsync(string node, TimeSpan deadline)
    {
        using var patience = new CancellationTokenSource(deadline, Time);
        while (true)
        {
            var arrival = NextArrival();
            if (Find(node) is not null)
                return true;
            try
            {
                await arrival.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                // It may have come at the very end, before this wait heard of it.
                return Find(node) is not null;
            }
        }
    }

    /// <summary>A session has ended.</summary>
    /// <returns>Whether the node is unreachable now; false when a newer session has taken over.</returns>
    public bool Remove(NodeSession session)
    {
        session.Close();
        _lastHeard[session.Node] = session.LastHeard;
        return _connected.TryRemove(new KeyValuePair<string, NodeSession>(session.Node, session));
    }

    /// <summary>The session of a node that must be connected.</summary>
    /// <exception cref="NodeFailedException">It is not.</exception>
    public NodeSession Require(string node) => Find(node) ?? throw new NodeFailedException(node, Missing(node), false);

    /// <summary>The longest that a part of a job may have been allowed to run without a word.</summary>
    public TimeSpan LongestFence => fence > earlierFence ? fence.Value : earlierFence ?? TimeSpan.Zero;

    /// <summary>How long it takes until a node that is not connected has heard nothing for as long as parts of jobs run without a word.</summary>
    /// <returns>Not more than zero: it is over, by our clock. Null: they run without end.</returns>
    public TimeSpan? FencedIn(string node)
    {
        if (fence is not { } length || earlierFence is not { } earlier)
            return null;
        // What an earlier coordinator allowed last, it did before this one began.
        var ours = length - Time.GetElapsedTime(_lastHeard.GetValueOrDefault(node, _began));
        var theirs = earlier - Time.GetElapsedTime(_began);
        return ours > theirs ? ours : theirs;
    }

    /// <summary>The addresses of the nodes, for telling connections inside the job from others.</summary>
    public IEnumerable<string> AddressesOf(IEnumerable<string> nodes) =>
        nodes.SelectMany(n => _known.TryGetValue(n, out var hello) ? hello.Addresses : Enumerable.Empty<string>());

    /// <summary>The addresses that a node has, as far as it is known.</summary>
    public IReadOnlyList<string> AddressesOf(string node) => _known.TryGetValue(node, out var hello) ? hello.Addresses : [];

    /// <summary>How many ranks each sandbox of a job takes.</summary>
    public Dictionary<string, uint> SlotsOf(JobSpec spec) => spec.Slots.Count == spec.Nodes.Count
        ? spec.Nodes.Zip(spec.Slots).ToDictionary()
        : spec.Places.ToDictionary(p => p.Sandbox, p => _known.TryGetValue(p.Node, out var hello) ? hello.Slots : 1);

    private HpcCrException Missing(string node) => _known.ContainsKey(node)
        ? new HpcCrException(FailureKind.Failed, $"node {node} does not answer", "See `hpccr status` and the launcher's log on that node.")
        : new HpcCrException(FailureKind.NotFound, $"there is no node {node}",
            _known.IsEmpty ? "No launcher is connected." : $"The nodes are {string.Join(", ", Known.Select(h => h.Node))}.");
}
