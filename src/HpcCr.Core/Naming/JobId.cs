using System.Globalization;

namespace HpcCr.Core;

/// <summary>Which job: a name belongs to its user, so that only both together are unique.</summary>
/// <param name="Uid">The job's user.</param>
/// <param name="Name">The job's name; see <see cref="JobName"/>.</param>
public readonly record struct JobId(uint Uid, string Name)
{
    private const char Separator = '+';

    /// <summary>As commands and requests name it whoever asks: <c>1000/solver</c>.</summary>
    public string Reference => string.Create(CultureInfo.InvariantCulture, $"{Uid}/{Name}");

    /// <summary>
    /// As folders and cgroups of a node are called: <c>1000+solver</c>. No job and no file of the kernel's in a cgroup can have such a name.
    /// </summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Uid}{Separator}{Name}");

    /// <summary>Reads what <see cref="ToString"/> writes; null when the text is something else.</summary>
    public static JobId? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var at
            && uint.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var uid)
            && new JobId(uid, text[(at + 1)..]) is var id && JobName.IsValid(id.Name) && id.ToString() == text
            ? id
            : null;
    }
}
