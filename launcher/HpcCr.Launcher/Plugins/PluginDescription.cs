using System.Text.Json;
using System.Text.RegularExpressions;
using HpcCr.Core;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>plugin.json: what a plugin is and how it is run.</summary>
internal sealed partial record PluginDescription
{
    /// <summary>The file's name.</summary>
    public const string FileName = "plugin.json";

    /// <summary>The longest file.</summary>
    public const int MostBytes = 64 << 10;

    /// <summary>Its name, also that of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>The version of the interface that it was written for.</summary>
    public required int Api { get; init; }

    /// <summary>A program and its arguments; a program with a slash is one of the folder.</summary>
    public IReadOnlyList<string>? Run { get; init; }

    /// <summary>Or: a .NET assembly of the folder with one public <see cref="ICheckpointPlugin"/>.</summary>
    public string? Assembly { get; init; }

    /// <summary>What a failure costs.</summary>
    public PluginFailurePolicy OnFailure { get; init; }

    /// <summary>Whether every job of the node has it; of installed plugins only.</summary>
    public bool Always { get; init; }

    /// <summary>As whom it runs.</summary>
    public PluginUser RunAs { get; init; }

    /// <summary>Deadlines in milliseconds, by event.</summary>
    public IReadOnlyDictionary<string, int> Deadlines { get; init => field = value ?? new Dictionary<string, int>(); } = new Dictionary<string, int>();

    /// <summary>Beginnings of the names of devices that it sees to: it has the job let go of them before the freeze.</summary>
    public IReadOnlyList<string> Devices { get; init => field = value ?? []; } = [];

    /// <summary>What it is told; an object.</summary>
    public JsonElement? Config { get; init; }

    /// <summary>How long it may take for an event.</summary>
    public TimeSpan DeadlineOf(string name) => Deadlines.TryGetValue(name, out var milliseconds) ? TimeSpan.FromMilliseconds(milliseconds) : PluginEvents.DefaultDeadline;

    /// <summary>Reads a description.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="path">Where it is, for sentences.</param>
    /// <exception cref="HpcCrException">It is none (usage), or of another version of the interface (unsupported).</exception>
    public static PluginDescription Parse(ReadOnlySpan<byte> bytes, string path)
    {
        try
        {
            // What another version has beside its number is not known.
            using var document = JsonDocument.Parse(bytes.ToArray());
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("api", out var api)
                && api.TryGetInt32(out var version) && version != PluginApi.Version)
                throw OtherVersion($"the plugin in {Path.GetDirectoryName(path)}", version);
            if (document.Deserialize(PluginJson.Default.PluginDescription) is not { } read || !IsName(read.Name))
                throw Wrong(path, "names no plugin: a name has lower-case letters, digits and hyphens, at most 32");
            return read.FaultOf() is { } fault ? throw Wrong(path, fault) : read;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Wrong(path, $"cannot be read: {PluginText.Printable(e.Message)}");
        }
    }

    /// <summary>A plugin of another version of the interface.</summary>
    /// <param name="plugin">Which.</param>
    /// <param name="version">Its version.</param>
    public static HpcCrException OtherVersion(string plugin, int version) => new(FailureKind.Unsupported,
        $"{plugin} was written for version {version} of the plugin interface, and this launcher has version {PluginApi.Version}",
        $"Install one for version {PluginApi.Version}, or run the job without it.");

    /// <summary>Whether a plugin may be called so.</summary>
    public static bool IsName(string text) => Pattern().IsMatch(text);

    private string? FaultOf()
    {
        if ((Run is null) == (Assembly is null))
            return "must have either \"run\" or \"assembly\"";
        if (Run is [] || Run?.Any(word => word is null || word.Contains('\0') || word.Length == 0) == true)
            return "has a \"run\" that names no program";
        if (Assembly is { } assembly && Path.GetFileName(assembly) != assembly)
            return "has an \"assembly\" that is no file of its folder";
        if (Devices.Any(device => device?.StartsWith("/dev/", StringComparison.Ordinal) != true))
            return "has \"devices\" that are not in /dev";
        if (Config is { } config && config.ValueKind != JsonValueKind.Object)
            return "has a \"config\" that is no object";
        foreach (var (name, milliseconds) in Deadlines)
        {
            if (!PluginEvents.Exists(name))
                return $"has a deadline for '{PluginText.Printable(name)}', which is no event; events are {string.Join(", ", PluginEvents.All)}";
            if (milliseconds <= 0 || milliseconds > PluginEvents.LongestOf(name).TotalMilliseconds)
                return $"has a deadline for {name} that is not between 1 and {PluginEvents.LongestOf(name).TotalMilliseconds:F0} ms";
        }

        return null;
    }

    private static HpcCrException Wrong(string path, string what) => new(FailureKind.Usage, $"{path} {what}", "docs/plugins.md shows what it has.");

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,31}\z")]
    private static partial Regex Pattern();
}
