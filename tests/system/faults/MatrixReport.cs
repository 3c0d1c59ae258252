using System.Globalization;
using System.Text;
using HpcCr.SystemTests.Matrix;

namespace HpcCr.Faults;

/// <summary>The matrix as Markdown, which a terminal shows as well.</summary>
/// <param name="wanted">The cells that were asked for, those left out as well.</param>
/// <param name="results">How the others went.</param>
/// <param name="took">How long all of it took.</param>
internal sealed class MatrixReport(IReadOnlyList<FaultCell> wanted, IReadOnlyList<CellResult> results, TimeSpan took)
{
    private const string Begin = "<!-- matrix: begin -->";
    private const string LeftOut = "–";
    private const string End = "<!-- matrix: end -->";

    /// <summary>A row per phase, a column per fault.</summary>
    public string Table()
    {
        var kinds = FaultKinds.All.Where(kind => wanted.Any(cell => cell.Kind == kind)).ToList();
        var text = new StringBuilder();
        text.AppendLine($"| phase | {string.Join(" | ", kinds.Select(kind => kind.Name))} |");
        text.AppendLine($"|---|{string.Concat(kinds.Select(_ => "---|"))}");
        foreach (var phase in FaultPhase.All.Where(phase => wanted.Any(cell => cell.Phase == phase)))
            text.AppendLine($"| {phase.Name} | {string.Join(" | ", kinds.Select(kind => Word(new FaultCell(phase, kind))))} |");
        var reasons = wanted.Where(cell => cell.LeftOut is not null).Select(cell => $"{cell.Kind.Name}: {cell.LeftOut}").Distinct().ToList();
        if (reasons.Count > 0)
            text.AppendLine($"\n{LeftOut}: makes no sense there ({string.Join("; ", reasons)}).");
        return text.ToString();
    }

    /// <summary>Puts it between the marks of a file.</summary>
    public void WriteInto(string file)
    {
        var text = File.ReadAllText(file);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new InvalidDataException($"{file} has no place between `{Begin}` and `{End}`");
        File.WriteAllText(file, $"{text[..(begin + Begin.Length)]}\n{Summary()}\n{Table()}{text[end..]}");
    }

    private string Summary()
    {
        var failed = results.Count(r => r.Outcome is null);
        var seconds = results.Select(r => r.Seconds).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{results.Count} cells, {results.Count - failed} passed, {failed} failed, {wanted.Count - results.Count} left out; "
            + $"{took.TotalMinutes:F0} minutes on {Environment.ProcessorCount} cores, a cell {(seconds.Count > 0 ? seconds[seconds.Count / 2] : 0):F0} s in the median.\n");
    }

    private string Word(FaultCell cell) => cell.LeftOut is not null ? LeftOut
        : results.FirstOrDefault(r => r.Cell == cell) is not { } result ? "not run"
        : result.Outcome switch
        {
            FaultOutcome.RanOn => "ran on",
            FaultOutcome.Done => "done",
            FaultOutcome.Stopped => "stopped, restarted",
            FaultOutcome.Undone => "undone, restarted",
            FaultOutcome.Restarted => "lost, restarted",
            _ => "**FAILED**",
        };
}
