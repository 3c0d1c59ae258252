namespace HpcCr.Launcher;

/// <summary>The events, and how long the longest deadline of each is: within that of the step that it belongs to.</summary>
internal static class PluginEvents
{
    public const string Quiesce = "quiesce";
    public const string PreDump = "preDump";
    public const string PostDump = "postDump";
    public const string Resumed = "resumed";
    public const string PreRestore = "preRestore";
    public const string Reconnect = "reconnect";
    public const string Replace = "replace";
    public const string Restored = "restored";
    public const string Aborted = "aborted";

    private static readonly TimeSpan WithinAStep = TimeSpan.FromSeconds(20);

    private static readonly Dictionary<string, TimeSpan> Longest = new()
    {
        [Quiesce] = WithinAStep,
        [PreDump] = WithinAStep,
        [PostDump] = WithinAStep,
        [Resumed] = WithinAStep,
        [PreRestore] = TimeSpan.FromMinutes(5),
        [Reconnect] = TimeSpan.FromMinutes(5),
        [Replace] = TimeSpan.FromMinutes(5),
        [Restored] = WithinAStep,
        [Aborted] = WithinAStep,
    };

    /// <summary>All of them.</summary>
    public static IEnumerable<string> All => Longest.Keys;

    /// <summary>Where nothing else is said.</summary>
    public static TimeSpan DefaultDeadline { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether there is such an event.</summary>
    public static bool Exists(string name) => Longest.ContainsKey(name);

    /// <summary>The longest deadline of an event.</summary>
    public static TimeSpan LongestOf(string name) => Longest[name];
}
