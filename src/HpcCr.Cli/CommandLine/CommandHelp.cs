using CommandLine;
using CommandLine.Text;

namespace HpcCr.Cli.CommandLine;

/// <summary>The help of one command.</summary>
internal static class CommandHelp
{
    /// <summary>The text.</summary>
    public static string Text<T>(CommandEntry entry, ParserResult<T> result)
    {
        var options = new HelpText
        {
            AddDashesToOption = true,
            AdditionalNewLineAfterOption = false,
            AutoHelp = false,
            AutoVersion = false,
            MaximumDisplayWidth = 120,
        };
        options.AddOptions(result);
        return string.Join('\n',
            $"hpccr {entry.Name}: {entry.Summary}", "",
            $"Usage: hpccr {entry.Name} {entry.Arguments}".TrimEnd(), "",
            options.ToString().Trim('\r', '\n'), "", entry.Details, "");
    }
}
