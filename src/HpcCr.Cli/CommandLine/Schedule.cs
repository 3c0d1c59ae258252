using System.Globalization;

namespace HpcCr.Cli.CommandLine;

/// <summary>Reads how often epochs are made and how many are kept.</summary>
internal static class Schedule
{
    /// <summary>Reads the value of <c>--interval</c>.</summary>
    /// <returns>Milliseconds.</returns>
    /// <exception cref="HpcCrException">It is no duration (usage).</exception>
    public static long Interval(string text) => (long)Duration.Parse("--interval", text).TotalMilliseconds;

    /// <summary>Reads the value of <c>--max-pause</c>.</summary>
    /// <returns>Milliseconds.</returns>
    /// <exception cref="HpcCrException">It is no duration (usage).</exception>
    public static long MaxPause(string text) => (long)Duration.Parse("--max-pause", text).TotalMilliseconds;

    /// <summary>Reads the value of <c>--keep</c>.</summary>
    /// <exception cref="HpcCrException">It is no number of epochs (usage).</exception>
    public static int Keep(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var keep) && keep is > 0 and <= EpochName.Maximum
            ? keep
            : throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(text)}' of --keep is no number of epochs", "Write 1 or more: the newest is always kept.");
}
