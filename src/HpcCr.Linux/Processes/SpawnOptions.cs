namespace HpcCr.Linux;

/// <summary>What to start, and with what. Anything not named here is not passed on: no descriptor, no signal setting.</summary>
public sealed record SpawnOptions
{
    /// <summary>The program and its arguments. A program without a slash is looked up in the PATH of <see cref="Environment"/>.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>The environment as <c>NAME=VALUE</c>; null: ours.</summary>
    public IReadOnlyList<string>? Environment { get; init; }

    /// <summary>The folder to start in; null: ours.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Descriptors of the child, each with the one of ours that it gets; 0, 1 and 2 are /dev/null when absent. Targets may overlap sources.</summary>
    public IReadOnlyDictionary<int, int> Descriptors { get; init; } = new Dictionary<int, int>();

    /// <summary>Whether the child leads a session of its own (setsid).</summary>
    public bool NewSession { get; init; }
}
