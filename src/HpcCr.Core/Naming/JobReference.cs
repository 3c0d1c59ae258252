using System.Globalization;

namespace HpcCr.Core;

/// <summary>A job as a request names it: <c>NAME</c> for the caller's own, <c>UID/NAME</c> for that of a user.</summary>
/// <param name="Uid">The job's user; null: not said.</param>
/// <param name="Name">The job's name.</param>
public readonly record struct JobReference(uint? Uid, string Name)
{
    /// <summary>Reads a reference.</summary>
    /// <exception cref="HpcCrException">The text is none (usage).</exception>
    public static JobReference Parse(string? text)
    {
        if (text?.Split('/') is not [var user, var name])
            return new JobReference(null, JobName.Check(text));
        return uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var uid)
            ? new JobReference(uid, JobName.Check(name))
            : throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(user)}' is not a uid", "Write NAME, or UID/NAME for a job of another user.");
    }

    /// <summary>The same for <see cref="Parse"/>.</summary>
    public override string ToString() => Uid is { } uid ? new JobId(uid, Name).Reference : Name;

    /// <summary>The job that is meant if its user is not said to be another one.</summary>
    /// <param name="caller">Who asks.</param>
    public JobId Of(uint caller) => new(Uid ?? caller, Name);
}
