namespace HpcCr.Core;

/// <summary>Whether an epoch is one consistent cut of its job.</summary>
/// <param name="Connections">Every connection, each once.</param>
public sealed record CutVerdict(IReadOnlyList<CutConnection> Connections)
{
    /// <summary>Every byte is exactly once in the images: with the receiver, or still with the sender.</summary>
    public const string Consistent = "consistent";

    /// <summary>Some connection's ends do not fit each other.</summary>
    public const string Inconsistent = "inconsistent";

    /// <summary>The epoch was made before there was a proof.</summary>
    public const string Unproven = "unproven";

    /// <summary>One sentence per connection that does not fit.</summary>
    public IReadOnlyList<string> Faults { get; } = [.. Connections.Where(c => c.Fault is not null).Select(c => $"{c.Name}: {c.Fault}")];

    /// <summary>The verdict in a word.</summary>
    public string Cut => Faults.Count == 0 ? Consistent : Inconsistent;
}
