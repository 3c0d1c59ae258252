using System.Text.Json;
using HpcCr.Core;

namespace HpcCr.Benchmarks;

/// <summary>Two lab nodes of the benchmarks' own, with the real coordinator and launchers.</summary>
internal sealed class BenchmarkLab : IAsyncDisposable
{
    private const int Nodes = 2;

    private readonly string _hpccr;
    private readonly Dictionary<string, string> _environment;
    private readonly Dictionary<string, int> _inits = [];

    private BenchmarkLab(BenchmarkArguments arguments)
    {
        _hpccr = Path.GetFullPath(Path.Combine(arguments.Bin, "hpccr"));
        Run = new RunLayout(Path.GetFullPath(arguments.RunDirectory));
        Checkpoints = Path.GetFullPath(arguments.CheckpointDirectory);
        _environment = new Dictionary<string, string> { [RunLayout.Variable] = Run.Root };
    }

    /// <summary>Where its daemons meet, and on each node the sandboxes are.</summary>
    public RunLayout Run { get; }

    /// <summary>Where its epochs go.</summary>
    public string Checkpoints { get; }

    public static async Task<BenchmarkLab> UpAsync(BenchmarkArguments arguments)
    {
        var lab = new BenchmarkLab(arguments);
        Directory.CreateDirectory(lab.Checkpoints);
        await lab.HpccrAsync("lab", "up", $"{Nodes}");
        foreach (var node in (await lab.JsonAsync("lab", "status")).GetProperty("nodes").EnumerateArray())
            lab._inits[node.GetProperty("node").GetString()!] = node.GetProperty("pid").GetInt32();
        return lab;
    }

    /// <summary>The command, as a user runs it.</summary>
    public Task<string> HpccrAsync(params IEnumerable<string> arguments) => Command.RunAsync(_environment, _hpccr, arguments);

    /// <summary>The command with its JSON document.</summary>
    public async Task<JsonElement> JsonAsync(params IEnumerable<string> arguments)
    {
        List<string> words = [.. arguments];
        var end = words.IndexOf("--");
        words.Insert(end < 0 ? words.Count : end, "--json");
        using var document = JsonDocument.Parse(await HpccrAsync(words));
        return document.RootElement.Clone();
    }

    /// <summary>Another program on a node.</summary>
    public Task<string> OnNodeAsync(string node, params IEnumerable<string> command) =>
        Command.RunAsync(_environment, "nsenter", ["-t", $"{_inits[node]}", "-m", "-u", "-i", "-n", "-p", "--", .. command]);

    /// <summary>A path of a node, seen from here.</summary>
    public string PathOf(string node, string path) => $"/proc/{_inits[node]}/root{path}";

    public async ValueTask DisposeAsync()
    {
        await HpccrAsync("lab", "down");
        Directory.Delete(Checkpoints, recursive: true);
    }
}
