using System.Text;

namespace HpcCr.Benchmarks;

/// <summary>The result as Markdown.</summary>
internal static class Report
{
    private const string Begin = "<!-- measured: begin -->";
    private const string End = "<!-- measured: end -->";

    public static string Render(IReadOnlyList<PauseResult> pauses, FootprintResult footprint, string machine, string load, int rounds)
    {
        var text = new StringBuilder();
        text.AppendLine($"Machine: {machine}. Load average at the beginning and the end: {load}. Medians of {rounds}; milliseconds.");
        text.AppendLine();
        text.AppendLine("| job | pause: HpcCr | plain CRIU | ratio | within target | HpcCr's own count | CRIU's own count | first epoch | restart |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var p in pauses)
        {
            text.AppendLine($"| {p.Title} | {Range(p.Felt)} | {Range(p.PlainFelt)} | {p.Ratio:F2} | {YesNo(p.IsWithinTarget)} "
                + $"| {Median.Of(p.Told):F0} | {Median.Of(p.PlainTold):F0} | {p.First:F0} | {p.Restart:F0} |");
        }

        text.AppendLine();
        text.AppendLine("| footprint | measured | target |");
        text.AppendLine("|---|---|---|");
        text.AppendLine($"| launcher, idle | {footprint.LauncherIdle:F0} MiB | < 100 MiB |");
        text.AppendLine($"| launcher, after these epochs | {footprint.LauncherAfter:F0} MiB | |");
        text.AppendLine($"| coordinator, after these epochs | {footprint.CoordinatorAfter:F0} MiB | |");
        text.AppendLine($"| guard, after its epochs | {footprint.Guard:F0} MiB | < 40 MiB |");
        text.AppendLine($"| `hpccr --help` | {footprint.Help:F0} ms | < 200 ms |");
        return text.ToString();
    }

    /// <summary>Puts the result between the marks of a file.</summary>
    public static void WriteInto(string file, string report)
    {
        var text = File.ReadAllText(file);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new InvalidDataException($"{file} has no place between `{Begin}` and `{End}`");
        File.WriteAllText(file, $"{text[..(begin + Begin.Length)]}\n{report}{text[end..]}");
    }

    private static string Range(List<double> values) => $"{Median.Of(values):F0} ({values.Min():F0}-{values.Max():F0})";

    private static string YesNo(bool yes) => yes ? "yes" : "no";
}
