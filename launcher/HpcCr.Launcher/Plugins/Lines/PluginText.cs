namespace HpcCr.Launcher;

/// <summary>Text of a plugin in a sentence or a log of ours.</summary>
internal static class PluginText
{
    private const int MostCharacters = 500;

    /// <summary>The same on one line, without control characters, and not too long.</summary>
    public static string Printable(string text)
    {
        var cut = text.Length <= MostCharacters ? text : text[..MostCharacters] + "...";
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
