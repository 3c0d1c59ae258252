using System.Globalization;
using HpcCr.Linux;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Jobs;

/// <summary>Jobs as users write and read them: <c>NAME</c>, or <c>USER/NAME</c> with the user's name or uid.</summary>
internal static class JobArgument
{
    /// <summary>Reads a job.</summary>
    /// <exception cref="HpcCrException">The text names none (usage), or a user whom this node does not know (not found).</exception>
    public static JobReference Parse(string text)
    {
        // What looks like a path is not taken for a user whom nobody knows.
        if (text.Split('/') is not [var user, var name] || user.StartsWith('.')) return new JobReference(null, JobName.Check(text));
        name = JobName.Check(name);
        return new JobReference(UidOf(user) ?? throw new HpcCrException(FailureKind.NotFound, $"there is no user '{JobName.Printable(user)}' on this node",
            "Write NAME, or USER/NAME with the name or the uid of the job's user."), name);
    }

    /// <summary>The job of a status, whoever has others of its name.</summary>
    public static JobReference Reference(this JobStatus status) => new(status.Uid, status.Job);

    /// <summary>The uid of a user by name, else by number; null when there is no such user.</summary>
    public static uint? UidOf(string user) => user.Length == 0 || user.Contains('\0') ? null
        : UserDatabase.Find(user)?.Uid ?? (uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : null);

    /// <summary>What a user is called: by name, else by number.</summary>
    public static string UserOf(uint uid) => UserDatabase.Find(uid)?.Name ?? uid.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the caller calls a job.</summary>
    /// <param name="user">The job's user; null: not known.</param>
    /// <param name="name">The job's name.</param>
    public static string Label(string? user, string name) => user is null || user == UserOf(Credentials.User) ? name : $"{user}/{name}";
}
