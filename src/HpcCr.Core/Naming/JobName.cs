using System.Text.RegularExpressions;

namespace HpcCr.Core;

/// <summary>
/// The name of a job: 1 to 40 of <c>A-Z a-z 0-9 . _ -</c>, beginning with a letter or digit. It becomes a folder,
/// a cgroup and part of a packet-rule table, so nothing else is let in.
/// </summary>
public static partial class JobName
{
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>Whether the text may name a job.</summary>
    public static bool IsValid(string? text) => text is not null && Pattern().IsMatch(text) && !text.StartsWith("epoch-", StringComparison.Ordinal);

    /// <summary>Returns the name, or says why it is none.</summary>
    /// <exception cref="HpcCrException">The text is not a job name (usage).</exception>
    public static string Check(string? text) => IsValid(text)
        ? text!
        : throw new HpcCrException(FailureKind.Usage, $"'{Printable(text)}' is not a job name",
            "A name has 1 to 40 letters, digits, '.', '_' or '-', begins with a letter or digit, and not with 'epoch-'.");

    /// <summary>A fresh name made from what the job runs, such as <c>stencil-k7f3</c>.</summary>
    public static string Generate(string command)
    {
        var stem = new string([.. Path.GetFileNameWithoutExtension(command).Where(char.IsAsciiLetterOrDigit).Take(20)]);
        return $"{(stem is "" or "epoch" ? "job" + stem : stem)}-{new string(Random.Shared.GetItems<char>(Alphabet, 4))}";
    }

    /// <summary>Text from outside, safe to print on a terminal: control characters become '?', long text is cut.</summary>
    public static string Printable(string? text)
    {
        var clean = new string([.. (text ?? "").Select(c => char.IsControl(c) ? '?' : c)]);
        return clean.Length <= 80 ? clean : clean[..77] + "...";
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z")]
    private static partial Regex Pattern();
}
