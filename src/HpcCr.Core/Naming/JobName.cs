using System.Globalization;
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

    /// <summary>
    /// Goes on unless the name is that of another Slurm job: <c>slurm-12</c> is for Slurm job 12, and <c>slurm-12_3</c> for elements of arrays, so
    /// that nobody takes the name that somebody's job is going to need.
    /// </summary>
    /// <param name="name">A name.</param>
    /// <param name="slurmJob">The Slurm job that asks for it; 0 for none.</param>
    /// <exception cref="HpcCrException">It is (not allowed).</exception>
    public static void RequireFree(string name, uint slurmJob)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (SlurmPattern().Match(name) is { Success: true } found
            && (slurmJob == 0 || (!found.Groups["element"].Success && found.Groups["job"].Value != slurmJob.ToString(CultureInfo.InvariantCulture))))
            throw new HpcCrException(FailureKind.NotAllowed, $"the name {name} is kept for a job of Slurm's", "Choose another one.");
    }

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

    [GeneratedRegex(@"\Aslurm-(?<job>[0-9]+)(?<element>_[0-9]+)?\z")]
    private static partial Regex SlurmPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z")]
    private static partial Regex Pattern();
}
