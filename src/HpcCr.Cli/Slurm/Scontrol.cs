using System.Diagnostics;
using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Slurm;

/// <summary>Asks Slurm's controller by its own command.</summary>
internal static class Scontrol
{
    private const string Program = "scontrol";
    private const string Configuration = "SLURM_CONF";

    /// <summary>Asks.</summary>
    /// <returns>What it said.</returns>
    /// <exception cref="HpcCrException">It refused, does not answer, or there is no Slurm here.</exception>
    public static Task<string> AskAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => RunAsync(Program, arguments, cancellationToken);

    /// <summary>Runs any of Slurm's commands.</summary>
    /// <returns>What it said.</returns>
    public static Task<string> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(Tool.Clean(program, arguments), cancellationToken);

    /// <summary>Submits a script as its user would at this place: with this folder and environment, but for what belongs to the Slurm job that submits it.</summary>
    /// <returns>What sbatch said.</returns>
    public static Task<string> SubmitAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("sbatch", arguments);
        foreach (var name in start.Environment.Keys.Where(IsOfTheJob).ToList()) start.Environment.Remove(name);
        return RunAsync(start, cancellationToken);
    }

    /// <summary>Takes <c>Name=Value</c> words apart, as <c>scontrol -o show</c> writes them; the first of a name counts.</summary>
    public static IReadOnlyDictionary<string, string> Fields(string text)
    {
        Dictionary<string, string> fields = [];
        foreach (var word in text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            if (word.IndexOf('=') is > 0 and var equals)
                fields.TryAdd(word[..equals], word[(equals + 1)..]);
        return fields;
    }

    /// <summary>The settings of <c>scontrol show config</c>: <c>Name = Value</c>, one a line.</summary>
    public static IReadOnlyDictionary<string, string> Settings(string text) => text.Split('\n')
        .Select(line => line.Split(" = ", 2)).Where(parts => parts.Length == 2)
        .GroupBy(parts => parts[0].Trim()).ToDictionary(group => group.Key, group => group.First()[1].Trim());

    private static bool IsOfTheJob(string name) =>
        name == Readiness.FaultVariable || (name.StartsWith("SLURM", StringComparison.Ordinal) && name != Configuration);

    private static async Task<string> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        var (exitCode, output, errors) = await Tool.TryRunAsync(start, "", cancellationToken);
        return exitCode == 0
            ? output
            : throw new HpcCrException(FailureKind.Failed, $"`{start.FileName} {string.Join(' ', start.ArgumentList)}` failed: {JobName.Printable((errors + output).Trim())}",
                "Slurm's own log tells more.");
    }
}
