using HpcCr.Cli.Processes;
using HpcCr.Criu;

namespace HpcCr.Cli.Doctor;

/// <summary>The engine: found, new enough, and content with this kernel.</summary>
internal static class EngineChecks
{
    /// <summary>Runs them.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        CriuInstallation engine;
        try
        {
            engine = await CriuInstallation.FindAsync(cancellationToken: cancellationToken);
        }
        catch (EngineNotFoundException e)
        {
            var looked = string.Join("; ", e.Candidates.Select(candidate => $"{candidate.Path}: {candidate.Problem}"));
            return [Finding.Fail("criu", $"no CRIU {EngineVersion.Minimum} or newer ({looked})", "Run setup.sh, which installs it, or set HPCCR_CRIU to its path.")];
        }

        var found = Finding.Ok("criu", $"{engine.Version} at {engine.Path}");
        return Environment.IsPrivilegedProcess ? [found, await CheckAsync(engine, cancellationToken)] : [found];
    }

    private static async Task<Finding> CheckAsync(CriuInstallation engine, CancellationToken cancellationToken)
    {
        var (exitCode, output, errors) = await Tool.TryRunAsync(engine.Path, ["check"], "", cancellationToken);
        if (exitCode == 0) return Finding.Ok("criu check", "looks good");
        var why = (errors + output).Split('\n').FirstOrDefault(line => line.Contains("Error", StringComparison.Ordinal)) ?? $"exit code {exitCode}";
        return Finding.Fail("criu check", SafeLine(why), "See `criu check` itself; a newer CRIU or kernel is needed.");
    }

    private static string SafeLine(string line) => JobName.Printable(line.Trim());
}
