using System.Collections;

namespace HpcCr.Linux;

/// <summary>Environments as lists of <c>NAME=VALUE</c>.</summary>
public static class ProcessEnvironment
{
    /// <summary>The environment of this process.</summary>
    /// <returns>One <c>NAME=VALUE</c> per variable.</returns>
    public static IReadOnlyList<string> Ours() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}")];

    /// <summary>One variable's value.</summary>
    /// <param name="environment">The environment to look in.</param>
    /// <param name="name">The variable.</param>
    /// <returns>Its value; null when it is not set.</returns>
    public static string? Value(IReadOnlyList<string> environment, string name) =>
        environment.FirstOrDefault(entry => entry.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
