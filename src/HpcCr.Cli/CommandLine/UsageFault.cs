using CommandLine;

namespace HpcCr.Cli.CommandLine;

/// <summary>Says what is wrong with a command line.</summary>
internal static class UsageFault
{
    /// <summary>The first fault as a sentence with a next step.</summary>
    public static HpcCrException Of(CommandEntry entry, IEnumerable<Error> errors, IEnumerable<string> known)
    {
        var error = errors.First();
        var what = error switch
        {
            UnknownOptionError unknown => $"there is no option '{JobName.Printable(Dashed(unknown.Token))}' of `hpccr {entry.Name}`",
            MissingValueOptionError missing => $"option {Name(missing)} needs a value",
            BadFormatConversionError bad => $"the value of {Name(bad)} is not what it should be",
            RepeatedOptionError repeated => $"option {Name(repeated)} is given twice",
            NamedError named => $"option {Name(named)} cannot be used like this",
            _ => "the command line cannot be understood",
        };
        var near = error is UnknownOptionError token ? Suggestion.For(token.Token, known) : null;
        return new HpcCrException(FailureKind.Usage, what,
            (near is null ? "" : $"Did you mean --{near}? ") + $"See `hpccr {entry.Name} --help`.");
    }

    private static string Dashed(string token) => (token.Length == 1 ? "-" : "--") + token;

    private static string Name(NamedError error) =>
        error.NameInfo.LongName.Length > 0 ? $"--{error.NameInfo.LongName}"
        : error.NameInfo.ShortName.Length > 0 ? $"-{error.NameInfo.ShortName}"
        : "of this command";
}
