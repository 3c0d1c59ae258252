using System.Globalization;
using System.Text.RegularExpressions;

namespace HpcCr.Criu;

/// <summary>The error lines of the engine's log.</summary>
public static partial class CriuLogExcerpt
{
    /// <summary>How many lines before an error are kept.</summary>
    public const int LinesBefore = 5;

    /// <summary>How many errors are kept; the first ones, as the cause comes first.</summary>
    public const int MaximumErrors = 50;

    private const int MaximumLineLength = 2000;

    /// <summary>Finds the errors; harmless ones (<see cref="KnownFailures.IsHarmless"/>) are left out.</summary>
    /// <param name="log">The log.</param>
    /// <returns>The errors in their order.</returns>
    public static IReadOnlyList<CriuLogError> Parse(string log)
    {
        using var reader = new StringReader(log);
        return Parse(reader);
    }

    /// <summary>Finds the errors; harmless ones (<see cref="KnownFailures.IsHarmless"/>) are left out.</summary>
    /// <param name="log">The log; read to its end or to the last error that is kept.</param>
    /// <returns>The errors in their order.</returns>
    public static IReadOnlyList<CriuLogError> Parse(TextReader log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var errors = new List<CriuLogError>();
        var before = new Queue<string>();
        while (errors.Count < MaximumErrors && log.ReadLine() is { } read)
        {
            var line = read.Length > MaximumLineLength ? read[..MaximumLineLength] : read;
            if (ParseLine(line, before) is { } error && !KnownFailures.IsHarmless(error.Message)) errors.Add(error);
            if (before.Count == LinesBefore) before.Dequeue();
            before.Enqueue(line);
        }

        return errors;
    }

    private static CriuLogError? ParseLine(string line, Queue<string> before)
    {
        var match = ErrorLine().Match(line);
        if (!match.Success) return null;
        int? pid = match.Groups["pid"].Success ? int.Parse(match.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture) : null;
        return new CriuLogError(line, match.Groups["message"].Value.TrimEnd(), pid, [.. before]);
    }

    // (00.012345)      7: Error (criu/files-reg.c:2175): File out has bad size 446 (expect 332)
    // (00.012345) pie: 7: Error (criu/pie/restorer.c:1): ...
    [GeneratedRegex(@"^(?:\([0-9.]+\)\s*)?(?:pie:\s*)?(?:(?<pid>[0-9]{1,9}):\s*)?Error \([^)]*\):\s*(?<message>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex ErrorLine();
}
