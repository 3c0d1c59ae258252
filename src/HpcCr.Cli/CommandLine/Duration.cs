using System.Globalization;

namespace HpcCr.Cli.CommandLine;

/// <summary>Reads durations as people write them: <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>250ms</c>, <c>2d</c>.</summary>
internal static class Duration
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)),
    ];

    private static readonly TimeSpan Most = TimeSpan.FromDays(30);

    /// <summary>Reads one.</summary>
    /// <param name="option">The option's name, for the error.</param>
    /// <param name="text">Numbers with units, each unit once and the larger first.</param>
    /// <exception cref="HpcCrException">It is no duration, zero, or longer than 30 days (usage).</exception>
    public static TimeSpan Parse(string option, string text) => TryParse(text, out var duration)
        ? duration
        : throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(text)}' of {option} is not a duration",
            "Write it as 90s, 5m or 1h30m; at most 30d.");

    private static bool TryParse(string text, out TimeSpan total)
    {
        total = TimeSpan.Zero;
        var rest = text.AsSpan();
        var last = TimeSpan.MaxValue;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > 9) return false;
            var number = int.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[digits..];
            if (UnitAt(rest) is not { } unit || unit.Length >= last || number > Most / unit.Length) return false;
            last = unit.Length;
            total += number * unit.Length;
            rest = rest[unit.Unit.Length..];
        }

        return total > TimeSpan.Zero && total <= Most;
    }

    private static (string Unit, TimeSpan Length)? UnitAt(ReadOnlySpan<char> text)
    {
        foreach (var unit in Units)
            if (text.StartsWith(unit.Unit, StringComparison.Ordinal))
                return unit;
        return null;
    }
}
