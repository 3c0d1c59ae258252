using System.Text.RegularExpressions;

namespace HpcCr.Criu;

/// <summary>An error text of the engine that we understand.</summary>
public sealed class KnownFailure
{
    private readonly Regex _pattern;
    private readonly string _cause;

    internal KnownFailure(string name, string pattern, string cause, string remedy)
    {
        Name = name;
        Remedy = remedy;
        _cause = cause;
        _pattern = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    /// <summary>Its name, for code, tests and documents.</summary>
    public string Name { get; }

    /// <summary>One sentence: what to do next.</summary>
    public string Remedy { get; }

    /// <summary>One sentence that says what stood in the way, with the names taken from the message.</summary>
    /// <param name="message">An error message of the engine.</param>
    /// <returns>Null if this is another failure.</returns>
    public string? CauseOf(string message)
    {
        var match = _pattern.Match(message);
        return match.Success ? match.Result(_cause) : null;
    }
}
