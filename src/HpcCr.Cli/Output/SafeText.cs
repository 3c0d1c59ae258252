namespace HpcCr.Cli.Output;

/// <summary>Text from outside, made safe for a terminal.</summary>
internal static class SafeText
{
    /// <summary>The text with every control character shown as '?', at its whole length.</summary>
    public static string Clean(string? text) => text is null ? "" : string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
