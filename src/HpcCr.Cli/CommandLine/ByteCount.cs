using System.Globalization;

namespace HpcCr.Cli.CommandLine;

/// <summary>Sizes as options have them: <c>512K</c>, <c>64M</c>, <c>2G</c>.</summary>
internal static class ByteCount
{
    private const string Units = "KMGT";

    /// <summary>Reads one.</summary>
    /// <param name="option">The option, for the message.</param>
    /// <param name="text">Its value.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="HpcCrException">It is no size (usage).</exception>
    public static long Parse(string option, string text)
    {
        var unit = text.Length > 1 ? Units.IndexOf(char.ToUpperInvariant(text[^1])) : -1;
        var digits = unit < 0 ? text : text[..^1];
        var shift = 10 * (unit + 1);
        return digits.Length is > 0 and < 16 && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> shift
            ? number << shift
            : throw new HpcCrException(FailureKind.Usage, $"invalid value '{text}' for {option} (expected a size such as 0, 512K, 64M or 2G)", "");
    }
}
