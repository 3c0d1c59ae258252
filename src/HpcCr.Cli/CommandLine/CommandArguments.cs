namespace HpcCr.Cli.CommandLine;

/// <summary>The command line after the command's name, split at the first <c>--</c>.</summary>
/// <param name="Options">Before it.</param>
/// <param name="Trailing">After it; null when there is none.</param>
internal sealed record CommandArguments(IReadOnlyList<string> Options, IReadOnlyList<string>? Trailing)
{
    /// <summary>Whether JSON is asked for, known even where the rest cannot be understood.</summary>
    public bool Json => Options.Contains("--json");

    /// <summary>Whether help is asked for.</summary>
    public bool Help => Options.Contains("--help") || Options.Contains("-h");

    /// <summary>Splits the words after the command's name.</summary>
    public static CommandArguments Split(ReadOnlySpan<string> words)
    {
        var at = words.IndexOf("--");
        return at < 0
            ? new CommandArguments(words.ToArray(), null)
            : new CommandArguments(words[..at].ToArray(), words[(at + 1)..].ToArray());
    }
}
