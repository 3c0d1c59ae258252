using System.Collections.Concurrent;
using System.Text.Json;
using Google.Protobuf;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;
using ProbeAction = HpcCr.Protocol.V1.ProbeDirectory.Types.Action;
using Step = HpcCr.Protocol.V1.Command.StepOneofCase;

namespace HpcCr.Coordinator.Tests.Support;

/// <summary>
/// A coordinator without its sockets, and nodes that are scripts: each answers every command at once as a healthy launcher
/// would, unless a test has said otherwise with <see cref="On"/>.
/// </summary>
internal sealed class FakeCluster
{
    private readonly ConcurrentQueue<Asked> _asked = new();
    private readonly ConcurrentDictionary<(string Node, Step Step), Func<Command, Task<Reply>>> _scripts = new();

    public FakeCluster(params string[] names)
    {
        Nodes = new NodeRegistry(Time, Options.FenceAfter, Options.FenceAfter);
        Journal = new Journal(Written, new JournalState(), NullLogger.Instance);
        Ender = new JobEnder(Nodes, Journal, NullLogger<JobEnder>.Instance);
        Gate = new LifeGate(Nodes, Ender, Journal, NullLogger<LifeGate>.Instance);
        Claims = new FolderClaims(Nodes, Options, "host-1", NullLogger<FolderClaims>.Instance);
        Starter = new JobStarter(Nodes, Jobs, Journal, Ender, Gate, Claims, NullLogger<JobStarter>.Instance);
        Retention = new Retention(Nodes, Journal, Starter, NullLogger<Retention>.Instance);
        Checkpointer = new Checkpointer(Nodes, Journal, Ender, Retention, Options, NullLogger<EpochRunner>.Instance);
        Restarter = new JobRestarter(Nodes, Jobs, Journal, Starter, Gate, Claims, new Decision(Nodes, Options), Retention, Options, NullLogger<JobRestarter>.Instance);
        Migrator = new JobMigrator(Nodes, Journal, Checkpointer, Restarter, Ender, NullLogger<JobMigrator>.Instance);
        Watch = new NodeWatch(Nodes, Jobs, Journal, Ender, Starter, Options, NullLogger<NodeWatch>.Instance);
        Recovery = new JobRecovery(Nodes, Jobs, Ender, Checkpointer, Restarter, Migrator, Watch, Options, NullLogger<JobRecovery>.Instance);
        foreach (var name in names)
            Connect(name);
    }

    public ManualTime Time { get; } = new();

    public CoordinatorOptions Options { get; } = new() { Run = new RunLayout("/nowhere") };

    public NodeRegistry Nodes { get; }

    public JobTable Jobs { get; } = new();

    /// <summary>What the coordinator has written down.</summary>
    public MemoryJournal Written { get; } = new();

    public Journal Journal { get; }

    public JobRecovery Recovery { get; }

    public JobEnder Ender { get; }

    public LifeGate Gate { get; }

    public FolderClaims Claims { get; }

    public JobStarter Starter { get; }

    public Retention Retention { get; }

    public JobRestarter Restarter { get; }

    public Checkpointer Checkpointer { get; }

    public JobMigrator Migrator { get; }

    public NodeWatch Watch { get; }

    /// <summary>Committed epochs in the store, as the head node lists them.</summary>
    public List<uint> Stored { get; } = [];

    /// <summary>All commands so far, in the order in which they came to the nodes.</summary>
    public IReadOnlyList<Asked> Commands => [.. _asked];

    /// <summary>The steps so far, those of several nodes as one.</summary>
    public IEnumerable<Step> Steps
    {
        get
        {
            var last = Step.None;
            foreach (var (_, step, _) in Commands)
            {
                if (step != last)
                    yield return last = step;
            }
        }
    }

    /// <summary>A node's launcher connects.</summary>
    public NodeSession Connect(string name, params HeldJob[] jobs)
    {
        foreach (var held in jobs)
        {
            held.Sandbox = name;
            // Of the life that the coordinator knows, unless a test says otherwise.
            if (held.Spec is { Incarnation: 0 } spec && Jobs.Find(new JobId(spec.Uid, spec.Name)) is { } known)
                spec.Incarnation = (ulong)known.Spec.Incarnation;
        }

        var session = new NodeSession(new Hello { Node = name, Slots = 2, Software = "0.1", Engine = "criu 4.2", Addresses = { AddressOf(name) }, Jobs = { jobs } }, Time);
        Nodes.Add(session);
        _ = ServeAsync(session);
        return session;
    }

    /// <summary>What a node does when it is asked for a step.</summary>
    public void On(string node, Step step, Func<Command, Task<Reply>> script) => _scripts[(node, step)] = script;

    /// <summary>A node fails at a step.</summary>
    public void Fail(string node, Step step, FailureKind kind = FailureKind.Failed, bool engineDied = false) =>
        On(node, step, _ => Task.FromResult(new Reply { Failure = new HpcCrException(kind, $"{step} broke on {node}").ToWire(engineDied) }));

    /// <summary>A node seals images with these ends of connections.</summary>
    public void Seal(string node, params ConnectionRecord[] ends)
    {
        var part = JsonSerializer.SerializeToUtf8Bytes(Part(node) with { Connections = ends }, CoreJson.Default.ManifestNode);
        On(node, Step.Seal, _ => Task.FromResult(new Reply { Sealed = new Sealed { ManifestNodeJson = ByteString.CopyFrom(part) } }));
    }

    /// <summary>A node never answers a step.</summary>
    public void Hang(string node, Step step) => On(node, step, _ => new TaskCompletionSource<Reply>().Task);

    /// <summary>A node answers a step only when it is told to.</summary>
    public TaskCompletionSource Hold(string node, Step step)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        On(node, step, async command =>
        {
            await go.Task;
            return Healthy(node, command);
        });
        return go;
    }

    public void Heal() => _scripts.Clear();

    public bool Saw(string node, Step step) => Commands.Any(c => c.Node == node && c.Step == step);

    /// <summary>A job that runs on the nodes.</summary>
    public async Task<Job> RunAsync(params string[] names)
    {
        var job = await Starter.StartAsync(Spec(names), CancellationToken.None).Within();
        _asked.Clear();
        return job;
    }

    /// <summary>One epoch, as the service asks for it.</summary>
    public Task<CheckpointResult> CheckpointAsync(Job job, bool stop = false) =>
        Checkpointer.CheckpointAsync(job, new CheckpointRequest { Job = job.Name, Stop = stop }, _ => { }).Within();

    public static JobSpec Spec(params string[] names) => new()
    {
        Name = "stencil",
        Command = ["mpirun", "./stencil"],
        Environment = new Dictionary<string, string>(),
        WorkingDirectory = "/home/user",
        Uid = 1000,
        Gid = 1000,
        Nodes = names,
        CheckpointDirectory = "/ckpt",
    };

    /// <summary>node3 has 10.0.0.3.</summary>
    public static string AddressOf(string node) => $"10.0.0.{node[4..]}";

    public static ManifestNode Part(string node) =>
        new() { Node = node, Addresses = [AddressOf(node)], Processes = 3, Files = [new ImageRecord("core-1.img", 100, new string('a', 64))] };

    public static Manifest Manifest(params string[] names) => new()
    {
        Version = Core.Manifest.CurrentVersion,
        Job = "stencil",
        Epoch = 7,
        Time = DateTimeOffset.UnixEpoch,
        Software = "0.1",
        Engine = "criu",
        Spec = Spec(names),
        Phases = new PhaseTimings(),
        Nodes = [.. names.Select(Part)],
    };

    private async Task ServeAsync(NodeSession session)
    {
        await foreach (var message in session.Outgoing.ReadAllAsync())
        {
            if (message.Command is { } command)
            {
                _asked.Enqueue(new Asked(session.Node, command.StepCase, command));
                _ = AnswerAsync(session, command);
            }
        }
    }

    private async Task AnswerAsync(NodeSession session, Command command)
    {
        var reply = _scripts.TryGetValue((session.Node, command.StepCase), out var script) ? await script(command) : Healthy(session.Node, command);
        reply.Id = command.Id;
        session.Replied(reply);
    }

    private Reply Healthy(string node, Command command) => command.StepCase switch
    {
        Step.Drain => new Reply
        {
            Drained = new Drained { Connections = { node == "node1" ? Connection("10.0.0.1:1", "10.0.0.2:2") : Connection("10.0.0.2:2", "10.0.0.1:1") } },
        },
        Step.Preflight => new Reply { Preflighted = new Preflighted() },
        Step.Resume => new Reply { Resumed = new Resumed { PauseMs = node == "node1" ? 10 : 20 } },
        Step.Seal => new Reply { Sealed = new Sealed { ManifestNodeJson = ByteString.CopyFrom(JsonSerializer.SerializeToUtf8Bytes(Part(command.Sandbox), CoreJson.Default.ManifestNode)) } },
        Step.Commit => new Reply { Committed = new Committed { Path = $"/ckpt/{command.Job}/{EpochName.Of((int)command.Epoch)}" } },
        Step.ProbeDirectory when command.ProbeDirectory.Action == ProbeAction.List =>
            new Reply { Probed = new Probed { Epochs = { Stored }, HighestNumber = Stored.DefaultIfEmpty(0u).Max() } },
        Step.ProbeDirectory => new Reply { Probed = new Probed() },
        Step.FindEpoch => new Reply { EpochFound = new EpochFound { Exists = Stored.Contains(command.Epoch) } },
        Step.ListProcesses => new Reply { Processes = new Processes { State = "running" } },
        Step.PruneEpochs => new Reply { EpochsPruned = new EpochsPruned() },
        Step.LoadEpoch => new Reply { EpochLoaded = new EpochLoaded { ManifestJson = ByteString.CopyFrom(ManifestReader.Write(Manifest("node1", "node2"))) } },
        Step.PlanRestore => new Reply { RestorePlanned = new RestorePlanned { Files = { $"{node}: /out is put back" } } },
        _ => new Reply(),
    };

    private static Connection Connection(string local, string remote) => new() { Local = local, Remote = remote, State = "Established", InJob = true };

    /// <summary>What a node was asked.</summary>
    internal sealed record Asked(string Node, Step Step, Command Command);
}
