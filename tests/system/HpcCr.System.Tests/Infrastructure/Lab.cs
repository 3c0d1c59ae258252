using System.Text.Json;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>
/// A lab of our own, for a collection of tests: its own run folder, its own temporary folder, taken down at the end with a look at
/// whether anything is left.
/// </summary>
/// <param name="nodes">How many nodes; 0 makes no lab, only the folders.</param>
public abstract class Lab(int nodes) : IAsyncLifetime
{
    private static int _count;
    private readonly string _tag = $"t{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";
    private int _jobs;
    private Hpccr? _hpccr;
    private Leftovers? _leftovers;

    /// <summary>How many nodes it has.</summary>
    public int Nodes => nodes;

    /// <summary>Why nothing can be tested here; null when it can.</summary>
    internal string? Obstacle { get; private set; }

    /// <summary>A folder that all nodes see, removed at the end.</summary>
    internal string Folder => Path.Combine(Path.GetTempPath(), $"hpccr-test-{_tag}");

    /// <summary>The command, with this lab's run folder and a checkpoint directory of its own.</summary>
    internal Hpccr Hpccr => _hpccr ?? throw new InvalidOperationException("the lab is not up");

    /// <summary>The run folder.</summary>
    internal string RunFolder => $"/run/hpccr-test-{_tag}";

    /// <summary>The lab's key.</summary>
    internal string KeyFile => Path.Combine(RunFolder, "lab", "cluster.pem");

    /// <summary>Brings it up.</summary>
    public async ValueTask InitializeAsync()
    {
        Obstacle = await Surroundings.ObstacleAsync();
        if (Obstacle is not null) return;
        var checkpoints = Directory.CreateDirectory(Path.Combine(Folder, "ckpt")).FullName;
        // Ordinary users come through to what is theirs.
        File.SetUnixFileMode(Folder, (UnixFileMode)0b111_101_101);
        _hpccr = new Hpccr(RunFolder, checkpoints, _tag);
        _leftovers = new Leftovers(_tag, [RunFolder, Folder]);
        await PrepareAsync();
        if (nodes > 0) (await Hpccr.RunAsync(["lab", "up", $"{nodes}", .. UpOptions])).EndsWith(0);
    }

    /// <summary>Takes it down and looks for what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_hpccr is null) return;
        if (nodes > 0)
        {
            _leftovers!.Remember();
            (await Hpccr.RunAsync("lab", "down")).EndsWith(0);
        }

        await CleanAsync();
        try
        {
            await _leftovers!.AssertNoneAsync();
        }
        finally
        {
            Directory.Delete(Folder, recursive: true);
            // An embedded coordinator leaves its log.
            if (Directory.Exists(RunFolder)) Directory.Delete(RunFolder, recursive: true);
        }
    }

    /// <summary>Options of <c>hpccr lab up</c>.</summary>
    private protected virtual IReadOnlyList<string> UpOptions => [];

    /// <summary>Makes what must be there before the nodes are.</summary>
    private protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Takes back what <see cref="PrepareAsync"/> made.</summary>
    private protected virtual Task CleanAsync() => Task.CompletedTask;

    /// <summary>A job name that no other test uses.</summary>
    internal string NewName(string stem) => $"{stem}-{_tag}-{Interlocked.Increment(ref _jobs)}";

    /// <summary>A fresh folder below <see cref="Folder"/>.</summary>
    internal string NewFolder(string stem) =>
        Directory.CreateDirectory(Path.Combine(Folder, $"{stem}-{Interlocked.Increment(ref _jobs)}")).FullName;

    /// <summary>A node's run folder, as the host sees it.</summary>
    internal string NodeRun(int node) => Path.Combine(RunFolder, "lab", $"node{node}", "run");

    /// <summary>The host's pid of a node's first process.</summary>
    internal async Task<int> NodePidAsync(int node) =>
        (await Hpccr.JsonAsync("lab", "status")).GetProperty("nodes").EnumerateArray()
            .Single(n => n.GetProperty("node").GetString() == $"node{node}").GetProperty("pid").GetInt32();

    /// <summary>Makes steps of a node's launcher fail: lines such as <c>dump fail</c>; none takes them back.</summary>
    internal void SetFaults(int node, params IEnumerable<string> lines) => File.WriteAllLines(Path.Combine(NodeRun(node), "faults"), lines);

    /// <summary>What a node's launcher has logged.</summary>
    internal string LauncherLog(int node) => File.ReadAllText(Path.Combine(RunFolder, "lab", $"node{node}", "launcher.log"));

    /// <summary>What the coordinator has logged.</summary>
    internal string CoordinatorLog() => File.ReadAllText(Path.Combine(RunFolder, "lab", "control", "coordinator.log"));

    /// <summary>The state of the lab as <c>hpccr lab status</c> tells it.</summary>
    internal Task<JsonElement> StatusAsync() => Hpccr.JsonAsync("lab", "status");
}
