using CommandLine;

namespace HpcCr.Cli.CommandLine;

/// <summary>A command with its options, as the command line filled them in.</summary>
internal abstract class CliCommand
{
    /// <summary>Whether exactly one JSON document goes to standard output.</summary>
    [Option("json", HelpText = "Print one JSON document on standard output.")]
    public bool Json { get; set; }

    /// <summary>Which coordinator to ask.</summary>
    [Option("coordinator", MetaValue = "ADDR", HelpText = "The coordinator: unix:/PATH, or HOST:PORT with the key file of $HPCCR_KEY_FILE.")]
    public string? Coordinator { get; set; }

    /// <summary>Arguments that no command takes.</summary>
    [Value(9, Hidden = true)]
    public IEnumerable<string> Excess { get; set; } = [];

    /// <summary>The command of the user's that stands after <c>--</c>.</summary>
    public IReadOnlyList<string> Trailing { get; set; } = [];

    /// <summary>The command's line in the table of commands.</summary>
    public CommandEntry? Entry { get; set; }

    /// <summary>Whether the command takes a command of the user's after <c>--</c>.</summary>
    public virtual bool TakesTrailing => false;

    /// <summary>Does it.</summary>
    /// <param name="context">Where the command runs.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="HpcCrException">It failed.</exception>
    public abstract Task<int> ExecuteAsync(CommandContext context);

    /// <summary>A positional argument that must be there.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="name">Its name in the help.</param>
    protected string Need(string? value, string name) => value is { Length: > 0 }
        ? value
        : throw new HpcCrException(FailureKind.Usage, $"{name} is missing", $"Usage: hpccr {Entry?.Name} {Entry?.Arguments}");
}
