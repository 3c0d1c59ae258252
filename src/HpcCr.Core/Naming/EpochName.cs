using System.Globalization;

namespace HpcCr.Core;

/// <summary>Names of epoch folders: <c>epoch-000012</c> once committed, <c>epoch-000012.partial</c> while it is made.</summary>
public static class EpochName
{
    /// <summary>What an epoch in the making ends with.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>The highest number of an epoch.</summary>
    public const int Maximum = 999_999;

    private const string Prefix = "epoch-";

    /// <summary>The folder of a committed epoch.</summary>
    public static string Of(int epoch) => $"{Prefix}{epoch:D6}";

    /// <summary>The folder of an epoch in the making.</summary>
    public static string Partial(int epoch) => Of(epoch) + PartialSuffix;

    /// <summary>The number of a committed epoch's folder, or null when the name is another thing's.</summary>
    public static int? Parse(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
        && epoch is > 0 and <= Maximum && Of(epoch) == name
            ? epoch
            : null;

    /// <summary>The number of an epoch's folder, committed or not, or null when the name is another thing's.</summary>
    public static int? ParseAny(string name) =>
        Parse(name.EndsWith(PartialSuffix, StringComparison.Ordinal) ? name[..^PartialSuffix.Length] : name);
}
