using System.Reflection;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Output;

namespace HpcCr.Cli;

/// <summary>The command <c>hpccr</c>.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] words)
    {
        if (words is [] or ["--help"] or ["-h"] or ["help"])
        {
            // A pipe needs one write; a help text nothing else.
            await Console.Out.WriteAsync(Overview.Text());
            return words is [] ? ExitCodes.Of(FailureKind.Usage) : ExitCodes.Done;
        }

        if (words is ["--version"] or ["version"])
        {
            await Console.Out.WriteLineAsync($"hpccr {Version()}");
            return ExitCodes.Done;
        }

        var group = words is [_, "--help" or "-h"] ? words[0] : words is ["help", _] ? words[1] : "";
        if (CommandTable.Groups.Contains(group))
        {
            await Console.Out.WriteAsync(Overview.GroupText(group));
            return ExitCodes.Done;
        }

        if (words is ["help", ..])
            words = [.. words[1..], "--help"];
        var arguments = CommandArguments.Split(words);
        try
        {
            var entry = CommandTable.Find(words, out var rest);
            arguments = CommandArguments.Split(rest);
            return await entry.Execute(entry, arguments);
        }
        catch (Exception e)
        {
            return FailureReport.Write(e, arguments.Json, IsForeground(words, arguments));
        }
    }

    /// <summary>The version of this build.</summary>
    public static string Version() =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    // Commands that end with the exit code of a job, where 1 would be mistaken for it.
    private static bool IsForeground(string[] words, CommandArguments arguments) =>
        words[0] == "wait" || words is ["slurm", "run", ..] || (words[0] is "run" or "restart" && !arguments.Options.Contains("--detach") && !arguments.Options.Contains("--dry-run"));
}
