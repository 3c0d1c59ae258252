namespace HpcCr.Criu;

/// <summary>What the engine's error texts mean.</summary>
public static class KnownFailures
{
    /// <summary>All of them; where several fit, the first counts.</summary>
    public static IReadOnlyList<KnownFailure> All { get; } =
    [
        new("bad-size", @"File (?<path>.+) has bad size (?<now>\d+) \(expect (?<then>\d+)\)",
            "The file ${path} is now ${now} bytes long, but was ${then} at the checkpoint.",
            "Put the file back to its recorded length, as hpccr restart does for the job's files."),
    ];

    /// <summary>Whether a message is an error in name only.</summary>
    /// <param name="message">An error message of the engine.</param>
    /// <returns>True if it never is the cause of a failure.</returns>
    public static bool IsHarmless(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.Contains("RLIMIT_NOFILE", StringComparison.Ordinal);
    }

    /// <summary>The meaning of a message.</summary>
    /// <param name="message">An error message of the engine.</param>
    /// <returns>Rule, cause and remedy; null if it is not known, or harmless.</returns>
    public static (string? Rule, string Cause, string Remedy)? Explain(string message)
    {
        if (IsHarmless(message)) return null;
        foreach (var known in All)
        {
            if (known.CauseOf(message) is { } cause) return (known.Name, cause, known.Remedy);
        }

        return null;
    }
}
