using System.Text.RegularExpressions;

namespace HpcCr.Criu;

/// <summary>An error text of the engine that we understand.</summary>
public sealed partial class KnownFailure
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1);
    private readonly Regex _pattern;
    private readonly Regex? _before;
    private readonly string _cause;

    internal KnownFailure(string name, string pattern, string cause, string remedy, string? before = null)
    {
        Name = name;
        Remedy = remedy;
        _cause = cause;
        _pattern = new Regex(pattern, RegexOptions.CultureInvariant, MatchLimit);
        _before = before is null ? null : new Regex(before, RegexOptions.CultureInvariant, MatchLimit);
    }

    /// <summary>Its name, for code, tests and documents.</summary>
    public string Name { get; }

    /// <summary>One sentence: what to do next.</summary>
    public string Remedy { get; }

    /// <summary>One sentence that says what stood in the way, with the names taken from the message.</summary>
    /// <param name="error">An error of the engine.</param>
    /// <returns>Null if this is another failure.</returns>
    public string? CauseOf(CriuLogError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var match = _pattern.Match(error.Message);
        if (!match.Success || (_before is not null && !error.Before.Any(_before.IsMatch))) return null;
        return Placeholder().Replace(_cause, place => Fill(place.Groups[1].Value, match));
    }

    // The engine prints most paths without the leading slash: it opens them below a root descriptor.
    private static string Fill(string name, Match match)
    {
        var value = match.Groups[name].Value;
        return name == "path" && !value.StartsWith('/') ? "/" + value : value;
    }

    [GeneratedRegex(@"\$\{(\w+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
