using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Doctor;

/// <summary>Which families of MPI are here; a job need not use any.</summary>
internal static class MpiChecks
{
    private static readonly string[] Starters = ["mpirun", "mpirun.openmpi", "mpirun.mpich", "mpiexec.hydra"];

    /// <summary>Runs them.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var families = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var starter in Starters.Select(ProgramChecks.Locate).OfType<string>())
        {
            var (_, output, _) = await Tool.TryRunAsync(starter, ["--version"], "", cancellationToken);
            if (FamilyOf(output) is { } family) families.TryAdd(family, starter);
        }

        return families.Count > 0
            ? [.. families.Select(family => Finding.Ok("MPI", $"{family.Key} ({family.Value})"))]
            : [Finding.Warn("MPI", "neither Open MPI nor MPICH is in the search path", "Run setup.sh if jobs here are to use MPI, or load the site's module.")];
    }

    /// <summary>The family and version that a starter tells, or null.</summary>
    public static string? FamilyOf(string text)
    {
        var lines = text.Split('\n');
        if (lines[0].Contains("Open MPI", StringComparison.Ordinal) || lines[0].Contains("OpenRTE", StringComparison.Ordinal))
            return $"Open MPI {lines[0].Split(' ')[^1].Trim()}";
        return text.Contains("HYDRA", StringComparison.Ordinal)
            ? $"MPICH {lines.FirstOrDefault(line => line.Contains("Version:", StringComparison.Ordinal))?.Split(':')[^1].Trim()}".Trim()
            : null;
    }
}
