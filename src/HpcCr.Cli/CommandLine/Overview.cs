using System.Text;

namespace HpcCr.Cli.CommandLine;

/// <summary>The text of <c>hpccr --help</c>.</summary>
internal static class Overview
{
    /// <summary>The text of <c>hpccr lab --help</c>.</summary>
    public static string LabText()
    {
        var text = new StringBuilder("hpccr lab: fake nodes on this machine, for trying and testing\n\n");
        foreach (var entry in CommandTable.All.Where(entry => entry.Name.StartsWith("lab ", StringComparison.Ordinal)))
            text.Append("  hpccr ").Append($"{entry.Name} {entry.Arguments}".PadRight(40)).Append(entry.Summary).Append('\n');
        return text.Append("\nExample:\n  hpccr lab up 2\n").ToString();
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
