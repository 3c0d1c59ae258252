namespace HpcCr.Core;

/// <summary>A command for people: its beginning, where it is long.</summary>
public static class CommandText
{
    /// <summary>How much of a command is told, in characters.</summary>
    public const int MostCharacters = 4096;

    /// <summary>The words that fit, the last of them cut off.</summary>
    public static IReadOnlyList<string> Shortened(IReadOnlyList<string> command)
    {
        var left = MostCharacters;
        var words = new List<string>();
        foreach (var word in command)
        {
            if (word.Length > left)
                return [.. words, left > 0 ? word[..left] + "..." : "..."];
            words.Add(word);
            left -= word.Length + 1;
        }

        return command;
    }
}
