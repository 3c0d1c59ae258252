namespace HpcCr.Cli.CommandLine;

/// <summary>Guesses what a misspelled word was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The known word that is nearest, or null when none is near.</summary>
    public static string? For(string word, IEnumerable<string> known) =>
        known.Select(candidate => (candidate, distance: Distance(word, candidate)))
            .Where(c => c.distance <= Math.Max(1, Math.Min(word.Length, c.candidate.Length) / 3) || c.candidate.StartsWith(word, StringComparison.Ordinal))
            .OrderBy(c => c.distance).Select(c => c.candidate).FirstOrDefault();

    /// <summary>Levenshtein's distance.</summary>
    public static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
