using System.Text;

namespace HpcCr.Cli.CommandLine;

/// <summary>The text of <c>hpccr --help</c>.</summary>
internal static class Overview
{
    private static readonly Dictionary<string, string> Groups = new()
    {
        ["lab"] = "fake nodes on this machine, for trying and testing",
        ["plugin"] = "what takes part in epochs and restarts for what lies outside of jobs",
        ["slurm"] = "jobs in allocations of Slurm's",
    };

    /// <summary>The text of <c>hpccr lab --help</c> and the like.</summary>
    /// <param name="group">One of <see cref="CommandTable.Groups"/>.</param>
    public static string GroupText(string group)
    {
        var entries = CommandTable.All.Where(entry => !entry.Hidden && entry.Name.StartsWith($"{group} ", StringComparison.Ordinal)).ToList();
        var text = new StringBuilder($"hpccr {group}: {Groups[group]}\n\n");
        foreach (var entry in entries)
            text.Append("  hpccr ").Append($"{entry.Name} {entry.Arguments}".PadRight(44)).Append(entry.Summary).Append('\n');
        var details = entries[0].Details;
        return text.Append('\n').Append(details.AsSpan(details.LastIndexOf("Example:", StringComparison.Ordinal))).Append('\n').ToString();
    }

    /// <summary>The text.</summary>
    public static string Text()
    {
        var text = new StringBuilder("""
            hpccr: checkpoint and restart whole distributed jobs

            Usage: hpccr COMMAND [ARGUMENTS]     (hpccr COMMAND --help tells more)


            """);
        foreach (var entry in CommandTable.All.Where(entry => !entry.Hidden))
            text.Append("  ").Append(entry.Name.PadRight(12)).AppendLine(entry.Summary);
        text.Append("""

            Every command takes --json and --coordinator ADDR (or $HPCCR_COORDINATOR).
            Exit codes: 0 done, 1 failed and the job is unharmed, 2 wrong usage, 3 not found, 4 not allowed, 5 damaged,
            6 cannot be done here, 7 job failed or lost; run, restart and wait: the job's own, 125 when HpcCr failed.

            Example:
              hpccr run --name stencil -- mpirun -n 4 ./stencil 1000
              hpccr checkpoint stencil --stop
              hpccr restart stencil

            """);
        return text.ToString();
    }
}
