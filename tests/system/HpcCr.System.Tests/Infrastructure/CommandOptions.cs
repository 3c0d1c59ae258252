namespace HpcCr.SystemTests.Infrastructure;

/// <summary>How a command is run.</summary>
internal sealed record CommandOptions
{
    /// <summary>What nothing special is asked of.</summary>
    public static readonly CommandOptions Default = new();

    /// <summary>When the command is killed and the test fails.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Variables on top of the environment; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Where it runs; the lab's folder when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What comes before the command, such as <c>setpriv</c> with its arguments.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>Who types it.</summary>
    public int Uid { get; init; }

    /// <summary>A command that an ordinary user types.</summary>
    public static CommandOptions AsUser(int uid) => new() { Uid = uid, Prefix = ["setpriv", "--reuid", $"{uid}", "--regid", $"{uid}", "--clear-groups", "--"] };
}
