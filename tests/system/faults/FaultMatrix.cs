using System.Collections.Concurrent;
using System.Diagnostics;
using HpcCr.SystemTests.Matrix;

namespace HpcCr.Faults;

/// <summary>Runs the cells in labs side by side, and says how each went.</summary>
internal static class FaultMatrix
{
    private static readonly Lock Output = new();

    /// <summary>Runs those that were asked for.</summary>
    /// <returns>The exit code: 1 when one failed.</returns>
    public static async Task<int> RunAsync(FaultsArguments arguments)
    {
        if ((Unknown(arguments.Phases, FaultPhase.All.Select(p => p.Name)) ?? Unknown(arguments.Faults, FaultKinds.All.Select(k => k.Name))) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"hpccr-faults: {unknown}");
            return 2;
        }

        var began = Stopwatch.GetTimestamp();
        var wanted = FaultCell.All.Where(cell => IsIn(arguments.Phases, cell.Phase.Name) && IsIn(arguments.Faults, cell.Kind.Name)).ToList();
        var queue = new ConcurrentQueue<FaultCell>(wanted.Where(cell => cell.LeftOut is null));
        var results = new ConcurrentBag<CellResult>();
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, arguments.Jobs)).Select(_ => Task.Run(() => WorkAsync(queue, results, arguments.Logs))));
        var report = new MatrixReport(wanted, [.. results], Stopwatch.GetElapsedTime(began));
        Console.Write(report.Table());
        if (arguments.Markdown is { } file)
            report.WriteInto(file);
        var failed = results.Count(r => r.Outcome is null);
        Console.WriteLine($"{results.Count - failed} passed, {failed} failed");
        return failed == 0 && !results.IsEmpty ? 0 : 1;
    }

    // A lab in which something went wrong proves nothing about the next cell.
    private static async Task WorkAsync(ConcurrentQueue<FaultCell> queue, ConcurrentBag<CellResult> results, string? logs)
    {
        while (!queue.IsEmpty)
        {
            var lab = new FaultLab();
            var current = "the lab";
            try
            {
                await lab.InitializeAsync();
                if (lab.Obstacle is { } obstacle)
                    throw new InvalidOperationException(obstacle);
                while (queue.TryDequeue(out var cell))
                {
                    current = $"{cell.Phase.Name} x {cell.Kind.Name}";
                    var result = await RunCellAsync(cell, lab);
                    Say(result);
                    results.Add(result);
                    if (result.Outcome is not null)
                        continue;
                    if (logs is not null)
                        KeepLogs(lab, Path.Combine(logs, $"{cell.Phase.Name}-{cell.Kind.Name}"));
                    break;
                }
            }
            finally
            {
                await TakeDownAsync(lab, current, results);
            }
        }
    }

    private static async Task<CellResult> RunCellAsync(FaultCell cell, FaultLab lab)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var outcome = await cell.RunAsync(lab);
            return new CellResult(cell, outcome, "", Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        catch (Exception e)
        {
            return new CellResult(cell, null, e.Message + (e is Xunit.Sdk.XunitException ? "" : $"\n{e.StackTrace}"), Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }

    // What is left of a lab is as much of a failure as what went wrong in it.
    private static async Task TakeDownAsync(FaultLab lab, string last, ConcurrentBag<CellResult> results)
    {
        try
        {
            await lab.DisposeAsync();
        }
        catch (Exception e)
        {
            var result = new CellResult(FaultCell.All.First(), null, $"after {last}, its lab did not end without leftovers: {e.Message}", 0);
            Say(result);
            results.Add(result);
        }
    }

    private static void KeepLogs(FaultLab lab, string folder)
    {
        foreach (var log in Directory.EnumerateFiles(Path.Combine(lab.RunFolder, "lab"), "*.log", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }))
        {
            var kept = Path.Combine(folder, Path.GetFileName(Path.GetDirectoryName(log))!, Path.GetFileName(log));
            Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
            File.Copy(log, kept, overwrite: true);
        }
    }

    private static void Say(CellResult result)
    {
        lock (Output)
        {
            Console.WriteLine($"{result.Cell.Phase.Name,-15} x {result.Cell.Kind.Name,-12} {result.Outcome?.ToString() ?? "FAILED",-10} {result.Seconds,6:F1} s");
            if (result.Outcome is null)
                Console.WriteLine($"    {result.Why.Replace("\n", "\n    ", StringComparison.Ordinal)}");
        }
    }

    private static bool IsIn(IEnumerable<string> names, string name) => !names.Any() || names.Contains(name);

    private static string? Unknown(IEnumerable<string> asked, IEnumerable<string> known) =>
        asked.Except(known).FirstOrDefault() is { } name ? $"'{name}' is unknown; there are {string.Join(", ", known)}" : null;
}
