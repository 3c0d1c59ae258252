using System.Reflection;
using CommandLine;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.CommandLine;

/// <summary>Parses a command's options and runs it.</summary>
internal static class CommandRunner
{
    /// <summary>Parses and runs.</summary>
    /// <exception cref="HpcCrException">The command line is wrong (usage), or the command failed.</exception>
    public static async Task<int> RunAsync<T>(CommandEntry entry, CommandArguments arguments)
        where T : CliCommand, new()
    {
        if (arguments.Help)
        {
            await Console.Out.WriteAsync(CommandHelp.Text(entry, Parse<T>([])));
            return ExitCodes.Done;
        }

        var command = Read<T>(entry, arguments);
        using var cancelled = new CancellationTokenSource();
        return await command.ExecuteAsync(new CommandContext(new Terminal(command.Json), cancelled.Token));
    }

    /// <summary>Parses alone.</summary>
    /// <exception cref="HpcCrException">The command line is wrong (usage).</exception>
    public static T Read<T>(CommandEntry entry, CommandArguments arguments)
        where T : CliCommand, new()
    {
        if (ValueMissing<T>(arguments.Options) is { } option)
            throw new HpcCrException(FailureKind.Usage, $"option {option} needs a value", $"See `hpccr {entry.Name} --help`.");
        if (Repeated<T>(arguments.Options) is { } repeated)
            throw new HpcCrException(FailureKind.Usage, $"option {repeated} is given twice", $"See `hpccr {entry.Name} --help`.");
        var result = Parse<T>(arguments.Options);
        if (result is NotParsed<T> not)
            throw UsageFault.Of(entry, not.Errors, KnownOptions<T>());
        var command = result.Value;
        if (command.Excess.FirstOrDefault() is { } excess)
            throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(excess)}' is one argument too many",
                $"Usage: hpccr {entry.Name} {entry.Arguments}".TrimEnd());
        if (command.TakesTrailing != (arguments.Trailing is { Count: > 0 }))
            throw new HpcCrException(FailureKind.Usage,
                command.TakesTrailing ? "no command is given after `--`" : "this command takes no `--`",
                $"Usage: hpccr {entry.Name} {entry.Arguments}".TrimEnd());
        command.Entry = entry;
        command.Trailing = arguments.Trailing ?? [];
        return command;
    }

    private static ParserResult<T> Parse<T>(IReadOnlyList<string> words)
        where T : new()
    {
        using var parser = new Parser(settings =>
        {
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.CaseSensitive = true;
            settings.AllowMultiInstance = Options<T>().Any(option => option.Property.PropertyType == typeof(IEnumerable<string>));
            settings.HelpWriter = null;
            settings.ParsingCulture = System.Globalization.CultureInfo.InvariantCulture;
        });
        return parser.ParseArguments(() => new T(), words);
    }

    // The parser takes an option without its value for one that was not given.
    private static string? ValueMissing<T>(IReadOnlyList<string> words)
    {
        var withValue = Options<T>().Where(option => option.Property.PropertyType != typeof(bool)).Select(option => $"--{option.LongName}").ToHashSet();
        return words.Where((word, at) => withValue.Contains(word) && (at + 1 == words.Count || words[at + 1].StartsWith("--", StringComparison.Ordinal)))
            .FirstOrDefault();
    }

    // Where one option may be given several times the parser lets all.
    private static string? Repeated<T>(IReadOnlyList<string> words) =>
        Options<T>().Where(option => option.Property.PropertyType != typeof(IEnumerable<string>)).Select(option => $"--{option.LongName}")
            .FirstOrDefault(name => words.Count(word => word == name || word.StartsWith(name + "=", StringComparison.Ordinal)) > 1);

    private static IEnumerable<string> KnownOptions<T>() => Options<T>().Select(option => option.LongName);

    private static IEnumerable<(PropertyInfo Property, string LongName)> Options<T>() =>
        from property in typeof(T).GetProperties()
        let option = property.GetCustomAttribute<OptionAttribute>()
        where option is not null
        select (property, option.LongName);
}
