using System.Text.Json;

namespace HpcCr.SlurmTests.Infrastructure;

/// <summary>A real Slurm cluster of four nodes for a collection of tests; see Cluster/cluster.sh. At its end nothing of it may be left.</summary>
/// <param name="settings">Variables of cluster.sh.</param>
public abstract class SlurmCluster(IReadOnlyDictionary<string, string?> settings) : IAsyncLifetime
{
    private static int _count;
    private readonly string _tag = $"slurm{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";
    private Leftovers? _leftovers;

    /// <summary>The nodes.</summary>
    public static IReadOnlyList<string> Nodes { get; } = ["sn1", "sn2", "sn3", "sn4"];

    /// <summary>Why nothing can be tested here; null when it can.</summary>
    internal string? Obstacle { get; private set; }

    /// <summary>All of the cluster; every machine sees it.</summary>
    internal string Folder => Path.Combine(Path.GetTempPath(), $"hpccr-test-{_tag}");

    /// <summary>A folder where everybody may write.</summary>
    internal string Shared => Path.Combine(Folder, "shared");

    /// <summary>Brings it up.</summary>
    public async ValueTask InitializeAsync()
    {
        Obstacle = await Surroundings.ObstacleAsync();
        if (Obstacle is not null) return;
        _leftovers = new Leftovers(_tag, [Folder]);
        (await ScriptAsync("up")).EndsWith(0);
        var script = Path.Combine(Shared, "batch.sh");
        File.WriteAllText(script, $"#!/bin/bash\nexec {Deployment.Hpccr} slurm run \"$@\"\n");
    }

    /// <summary>Takes it down and looks for what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_leftovers is null) return;
        _leftovers.Remember();
        (await ScriptAsync("down")).EndsWith(0);
        await _leftovers.AssertNoneAsync();
    }

    /// <summary>Runs a command on a machine, as root.</summary>
    internal Task<CommandResult> RunAsync(string machine, params IEnumerable<string> command) =>
        ProgramAsync([Path.Combine(Folder, "in"), machine, .. command]);

    /// <summary>Runs a command on a machine as a user.</summary>
    internal Task<CommandResult> RunAsAsync(string user, string machine, params IEnumerable<string> command) =>
        ProgramAsync([Path.Combine(Folder, "in"), "-u", user, machine, .. command]);

    /// <summary>Runs a shell command on a machine, as root; fails the test when it fails.</summary>
    internal async Task<string> ShellAsync(string machine, string command) => (await RunAsync(machine, "sh", "-c", command)).EndsWith(0).Stdout;

    /// <summary>Runs hpccr on a machine as a user.</summary>
    internal Task<CommandResult> HpccrAsync(string user, string machine, params IEnumerable<string> words) =>
        RunAsAsync(user, machine, [Deployment.Hpccr, .. words]);

    /// <summary>Takes a node away, as a power cut would, and brings it back.</summary>
    internal async Task PowerAsync(string node, bool on) => (await ScriptAsync(on ? "power-on" : "power-off", node)).EndsWith(0);

    /// <summary>Makes steps of a node's launcher fail; no lines take that back.</summary>
    internal Task SetFaultsAsync(string node, string lines) => ShellAsync(node, $"printf '%s' '{lines}' >/run/hpccr/faults");

    /// <summary>What is left of jobs on the nodes: processes in sandboxes' cgroups, folders, admissions, packet tables.</summary>
    internal async Task<string> TracesAsync()
    {
        var all = await Task.WhenAll(Nodes.Select(node => RunAsync(node, "sh", "-c",
            "ls -d /run/hpccr/jobs/* /run/hpccr/slurm/* /run/hpccr/tmp/* 2>/dev/null; nft list tables | grep hpccr; find /sys/fs/cgroup -path '*/hpccr/*/*' -type d -o -path '*/job_*' -type d; pgrep -u alice,bob -a; pgrep -a hpccr-guard; pgrep -a criu; true")));
        return string.Concat(Nodes.Zip(all, (node, found) => found.Stdout.Length == 0 ? "" : $"{node}:\n{found.Stdout}"));
    }

    /// <summary>Waits until nothing of any job is left on any node.</summary>
    internal Task AwaitNoTracesAsync()
    {
        var found = "";
        return Await.UntilAsync("nodes without traces of jobs", async () => (found = await TracesAsync()).Length == 0, explain: () => found);
    }

    /// <summary>What the launcher of a node has logged.</summary>
    internal Task<string> LauncherLogAsync(string node) => ShellAsync(node, "cat /run/hpccr/launcher.log");

    /// <summary>What hpccr says in JSON; fails the test when it fails.</summary>
    internal async Task<JsonElement> JsonAsync(string user, string machine, params IEnumerable<string> words) =>
        (await HpccrAsync(user, machine, [.. words, "--json"])).EndsWith(0).Json;

    private Task<CommandResult> ScriptAsync(string verb, params IEnumerable<string> arguments) =>
        ProgramAsync([Path.Combine(Deployment.Repository, "tests/system/HpcCr.Slurm.Tests/Cluster/cluster.sh"), verb, Folder, .. arguments]);

    private async Task<CommandResult> ProgramAsync(IReadOnlyList<string> command)
    {
        var environment = new Dictionary<string, string?>(settings)
        {
            ["HPCCR_BIN"] = Deployment.Programs,
            ["SHARE"] = $"{Deployment.Repository} {Deployment.Programs} {Deployment.TestPrograms}",
            [Hpccr.TagVariable] = _tag,
        };
        await using var running = RunningCommand.Start(command, new CommandOptions { Environment = environment, Deadline = TimeSpan.FromMinutes(2) });
        return await running.EndAsync();
    }
}
