using System.Text.Json;

namespace HpcCr.Cli.Jobs;

/// <summary>Reads <c>--plugin</c>.</summary>
internal static class PluginOption
{
    private const int MostConfigBytes = 64 << 10;

    /// <summary>Reads <c>NAME</c> or <c>./FOLDER</c>, each with <c>=CONFIG.json</c> or without.</summary>
    /// <param name="text">What was given.</param>
    /// <exception cref="HpcCrException">There is no such folder or file, or it holds no JSON object (usage).</exception>
    public static PluginUse Parse(string text)
    {
        var equals = text.IndexOf('=');
        var plugin = equals < 0 ? text : text[..equals];
        var config = equals < 0 ? null : ReadConfig(text[(equals + 1)..], plugin);
        if (!plugin.Contains('/'))
            return new PluginUse(plugin, ConfigJson: config);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(plugin));
        return new PluginUse(NameOf(folder), folder, config);
    }

    // The launcher reads and checks it all again, as the job's user.
    private static string NameOf(string folder)
    {
        var path = Path.Combine(folder, "plugin.json");
        return Read(path, "plugin.json of a plugin").TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : throw new HpcCrException(FailureKind.Usage, $"{path} names no plugin", "docs/plugins.md shows what it has.");
    }

    private static string ReadConfig(string path, string plugin) => Read(path, $"configuration of plugin {plugin}").GetRawText();

    private static JsonElement Read(string path, string what)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostConfigBytes })
                throw new HpcCrException(FailureKind.Usage, $"{path} has more than {MostConfigBytes >> 10} KiB", $"It is to be the {what}.");
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HpcCrException(FailureKind.NotFound, $"the {what} cannot be read: {e.Message}", "Name a plugin as it is installed, or a folder with a slash in its path: ./my-plugin.");
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new HpcCrException(FailureKind.Usage, $"{path} is no JSON object", $"It is to be the {what}.");
    }
}
