using System.Diagnostics;
using System.Globalization;

namespace HpcCr.Benchmarks;

/// <summary>
/// A job that says `gap N ms` whenever a step of its own took long. The longest gap around a checkpoint is the pause as the
/// job felt it, whoever made the checkpoint.
/// </summary>
/// <param name="lab">Where it runs.</param>
/// <param name="name">Its name.</param>
internal sealed class BenchmarkJob(BenchmarkLab lab, string name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public string Name => name;

    public BenchmarkLab Lab => lab;

    public static async Task<BenchmarkJob> StartAsync(BenchmarkLab lab, string name, string nodes, params IEnumerable<string> command)
    {
        await lab.HpccrAsync(["run", "--name", name, "--nodes", nodes, "--ckpt-dir", lab.Checkpoints, "--detach", "--", .. command]);
        var job = new BenchmarkJob(lab, name);
        await job.UntilAsync("it says that it is ready", lines => lines.Any(l => l.StartsWith("ready", StringComparison.Ordinal)));
        return job;
    }

    /// <summary>The first process of its sandbox on each node, as the node numbers it.</summary>
    public async Task<IReadOnlyDictionary<string, int>> RootsAsync() =>
        (await lab.JsonAsync("status", name)).GetProperty("nodes").EnumerateArray()
            .ToDictionary(n => n.GetProperty("node").GetString()!, n => n.GetProperty("pids").EnumerateArray().Min(p => p.GetInt32()));

    /// <summary>Does something to the job and returns the longest gap that the job felt meanwhile, in milliseconds.</summary>
    public async Task<double> GapDuringAsync(Func<Task> action)
    {
        var before = Lines().Count;
        await action();
        double[] gaps = [];
        await UntilAsync("it says how long a step took", lines => (gaps = [.. lines.Skip(before).Select(GapOf).OfType<double>()]).Length > 0);
        return gaps.Max();
    }

    /// <summary>Waits until a step follows what happened so far.</summary>
    public async Task GoesOnAsync()
    {
        var before = Lines().Count(IsStep);
        await UntilAsync("it goes on", lines => lines.Count(IsStep) > before);
    }

    private static bool IsStep(string line) => line.StartsWith("step", StringComparison.Ordinal);

    private static double? GapOf(string line) =>
        line.Split(' ') is ["gap", var milliseconds, "ms"] ? double.Parse(milliseconds, CultureInfo.InvariantCulture) : null;

    private List<string> Lines()
    {
        using var stream = new FileStream(Path.Combine(lab.Checkpoints, name, "stdout.log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n')[..^1]];
    }

    private async Task UntilAsync(string what, Func<List<string>, bool> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!condition(Lines()))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"job {name}: waited {Patience.TotalSeconds:F0} s until {what}");
            await Task.Delay(20);
        }
    }
}
