using System.Diagnostics;

namespace HpcCr.Benchmarks;

/// <summary>Resident memory of HpcCr's processes, in MiB, and the time of a command that does nothing.</summary>
internal static class Footprint
{
    private const int HelpRuns = 11;

    /// <summary>The largest resident size among the processes of a program in the benchmarks' run folder.</summary>
    public static double OfProgram(string program, string runFolder)
    {
        var sizes = Directory.EnumerateDirectories("/proc")
            .Where(p => int.TryParse(Path.GetFileName(p), out _))
            .Where(p => IsOurs(p, program, runFolder))
            .Select(ResidentMiB);
        return sizes.DefaultIfEmpty(double.NaN).Max();
    }

    /// <summary>Median time of `hpccr --help`, in milliseconds.</summary>
    public static async Task<double> HelpAsync(BenchmarkLab lab)
    {
        List<double> times = [];
        for (var i = 0; i < HelpRuns; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await lab.HpccrAsync("--help");
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return Median.Of(times);
    }

    private static bool IsOurs(string process, string program, string runFolder)
    {
        try
        {
            var words = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
            return Path.GetFileName(words[0]) == program && words.Any(w => w.StartsWith(runFolder + "/", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static double ResidentMiB(string process)
    {
        const string Key = "VmRSS:";
        var line = File.ReadLines(Path.Combine(process, "status")).First(l => l.StartsWith(Key, StringComparison.Ordinal));
        return double.Parse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal)) / 1024;
    }
}
