using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Lab;

/// <summary>What a lab consists of, as it is kept on disk.</summary>
internal sealed record LabState
{
    /// <summary>Shorter than on a real cluster: who tries a power cut in a lab waits for what comes of it.</summary>
    public const int DefaultFenceSeconds = 20;

    /// <summary>How many nodes it has.</summary>
    public required int Nodes { get; init; }

    /// <summary>How many slots each launcher offers.</summary>
    public required int Slots { get; init; }

    /// <summary>How long a job is held without a word from the coordinator, in milliseconds; null: as long as everywhere.</summary>
    public int? LeaseMilliseconds { get; init; }

    /// <summary>How long jobs run without a word from the coordinator, in seconds; 0: without end.</summary>
    public int FenceSeconds { get; init; } = DefaultFenceSeconds;

    /// <summary>The process that keeps the control place's net namespace; null before it runs.</summary>
    public ProcessIdentity? Control { get; init; }

    /// <summary>The nodes' first processes by node number; a node that is down has none.</summary>
    public IReadOnlyDictionary<int, ProcessIdentity> Inits { get; init; } = new Dictionary<int, ProcessIdentity>();

    /// <summary>The lab's cgroup; empty where there is no cgroup v2.</summary>
    public string Cgroup { get; init; } = "";

    /// <summary>All its nodes.</summary>
    public IEnumerable<LabNode> All() => Enumerable.Range(1, Nodes).Select(number => new LabNode(number));

    /// <summary>The node's first process if the node is up.</summary>
    public ProcessIdentity? Init(LabNode node) => Inits.TryGetValue(node.Number, out var init) && init.IsAlive ? init : null;

    /// <summary>The same lab, the node's first process being another, or none.</summary>
    public LabState With(LabNode node, ProcessIdentity? init)
    {
        var inits = Inits.Where(pair => pair.Key != node.Number).ToDictionary();
        if (init is not null) inits.Add(node.Number, init);
        return this with { Inits = inits };
    }
}
