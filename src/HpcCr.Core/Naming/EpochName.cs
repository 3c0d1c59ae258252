using System.Globalization;

namespace HpcCr.Core;

/// <summary>Names of epoch folders: <c>epoch-000012</c> once committed, <c>epoch-000012.partial</c> while it is made,
/// <c>epoch-000012.removing</c> while it is removed, <c>epoch-000012.aborted</c> when it was given up.</summary>
public static class EpochName
{
    /// <summary>What an epoch in the making ends with.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>What an epoch ends with that is being removed.</summary>
    public const string RemovingSuffix = ".removing";

    /// <summary>What an epoch ends with that was given up and is being removed.</summary>
    public const string AbortedSuffix = ".aborted";

    /// <summary>The highest number of an epoch.</summary>
    public const int Maximum = 999_999;

    private const string Prefix = "epoch-";

    /// <summary>The folder of a committed epoch.</summary>
    public static string Of(int epoch) => $"{Prefix}{epoch:D6}";

    /// <summary>The folder of an epoch in the making.</summary>
    public static string Partial(int epoch) => Of(epoch) + PartialSuffix;

    /// <summary>The folder of an epoch that is being removed.</summary>
    public static string Removing(int epoch) => Of(epoch) + RemovingSuffix;

    /// <summary>The folder of an epoch that was given up.</summary>
    public static string Aborted(int epoch) => Of(epoch) + AbortedSuffix;

    /// <summary>The number of a committed epoch's folder, or null when the name is another thing's.</summary>
    public static int? Parse(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
        && epoch is > 0 and <= Maximum && Of(epoch) == name
            ? epoch
            : null;

    /// <summary>The number of an epoch's folder, committed or not, or null when the name is another thing's.</summary>
    public static int? ParseAny(string name) =>
        Parse(Without(Without(Without(name, PartialSuffix), RemovingSuffix), AbortedSuffix));

    private static string Without(string name, string suffix) => name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
}
