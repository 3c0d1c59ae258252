namespace HpcCr.Cli.CommandLine;

/// <summary>One line of the table of commands.</summary>
/// <param name="Name">One word, or two for a lab command.</param>
/// <param name="Arguments">What follows it, for the help.</param>
/// <param name="Summary">What it does, in a line.</param>
/// <param name="Details">More about it, and its example.</param>
/// <param name="Execute">Parses and runs it.</param>
internal sealed record CommandEntry(
    string Name, string Arguments, string Summary, string Details, Func<CommandEntry, CommandArguments, Task<int>> Execute)
{
    /// <summary>Whether the overview leaves it out.</summary>
    public bool Hidden { get; init; }
}
