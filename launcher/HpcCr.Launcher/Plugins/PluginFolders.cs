using System.Text;
using System.Text.Json;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Finds plugins: those that come with HpcCr, those that the node's administrator has installed, and those of a job's user.</summary>
/// <param name="installed">The administrator's folder.</param>
internal sealed class PluginFolders(string installed)
{
    /// <summary>The plugins that come with HpcCr, beside this program.</summary>
    public static string Shipped { get; } = Path.Combine(AppContext.BaseDirectory, "plugins");

    /// <summary>The plugins of a job here: its own, and those that the node has for every job.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="inDoubt">An epoch or restart begins: a plugin of the administrator's that cannot be read may be meant for every job, and stops it.</param>
    /// <exception cref="HpcCrException">One of them is not there, cannot be read, or may not be used.</exception>
    public IReadOnlyList<FoundPlugin> OfJob(JobSpec spec, bool inDoubt = false)
    {
        List<FoundPlugin> found = [.. spec.Plugins.Select(use => OfUse(use, spec))];
        found.AddRange(FoldersIn(installed).Where(folder => IsAlways(folder, inDoubt) && spec.Plugins.All(use => use.Folder is not null || use.Name != Path.GetFileName(folder))).Select(ReadInstalled));
        return found.GroupBy(plugin => plugin.Name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice
            ? throw new HpcCrException(FailureKind.Usage, $"job {spec.Name} has two plugins called {twice}", "Name each plugin once, and a plugin of your own unlike those of the nodes.")
            : found;
    }

    /// <summary>All that are installed here, with what is wrong with them.</summary>
    public IReadOnlyList<InstalledPlugin> Installed() =>
        [.. Places().SelectMany(FoldersIn).DistinctBy(Path.GetFileName).OrderBy(Path.GetFileName, StringComparer.Ordinal).Select(Look)];

    /// <summary>A plugin in a folder of a user's own.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">What it must be called; null: as it likes.</param>
    /// <param name="access">Who looks.</param>
    /// <exception cref="HpcCrException">There is none that the user can read, or it wants what no user's plugin may.</exception>
    public static FoundPlugin OfUser(string folder, string? name, IStoreAccess access)
    {
        var plugin = new FoundPlugin(access.Run(() => Read(folder)), folder, IsInstalled: false);
        if (name is not null && plugin.Name != name)
            throw new HpcCrException(FailureKind.Usage, $"the plugin in {folder} is called {plugin.Name} and not {name} any more", "Put back what was there when the job was started.");
        return plugin.RunsAsRoot || plugin.Description.Always
            ? throw new HpcCrException(FailureKind.NotAllowed, $"the plugin in {folder} wants {(plugin.RunsAsRoot ? "to run as root" : "to be every job's")}, which only installed plugins may",
                $"Take {(plugin.RunsAsRoot ? "\"runAs\"" : "\"always\"")} out of its {PluginDescription.FileName}, or have it installed.")
            : plugin;
    }

    // What the administrator has installed comes before what came with HpcCr.
    private string[] Places() => [installed, Shipped];

    private static IEnumerable<string> FoldersIn(string place) =>
        Directory.Exists(place) ? Directory.EnumerateDirectories(place).Where(folder => File.Exists(Path.Combine(folder, PluginDescription.FileName))) : [];

    private static bool IsAlways(string folder, bool inDoubt)
    {
        try
        {
            return Read(folder).Always;
        }
        catch (HpcCrException) when (!inDoubt)
        {
            return false;
        }
    }

    private static InstalledPlugin Look(string folder)
    {
        try
        {
            var plugin = ReadInstalled(folder).Description;
            return new InstalledPlugin(plugin.Name, folder, plugin.RunAs == PluginUser.Root ? "root" : "user", plugin.OnFailure.ToString().ToLowerInvariant(), plugin.Always, null);
        }
        catch (HpcCrException e)
        {
            return new InstalledPlugin(Path.GetFileName(folder), folder, "", "", false, e.Message);
        }
    }

    private FoundPlugin OfUse(PluginUse use, JobSpec spec)
    {
        if (!PluginDescription.IsName(use.Name))
            throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(use.Name)}' is not the name of a plugin", "`hpccr plugin list` shows those of this node.");
        var plugin = use.Folder is { } folder ? OfUser(folder, use.Name, new StoreAccess(spec)) : OfName(use.Name);
        return use.ConfigJson is { } config ? plugin with { Config = ParseConfig(config, use.Name) } : plugin;
    }

    private FoundPlugin OfName(string name)
    {
        var folder = Places().Select(place => Path.Combine(place, name)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, PluginDescription.FileName)))
            ?? throw new HpcCrException(FailureKind.NotFound, $"there is no plugin {name} on {Environment.MachineName}", $"`hpccr plugin list` shows those of a node; install it in {installed} on every node of the job.");
        return ReadInstalled(folder);
    }

    private static FoundPlugin ReadInstalled(string folder)
    {
        if (PluginTrust.FaultOf(folder) is { } fault)
            throw new HpcCrException(FailureKind.NotAllowed, $"plugin {Path.GetFileName(folder)} may not be used: {fault}", "Make root the owner of its files and of all folders above, writable by nobody else.");
        var description = Read(folder);
        return description.Name == Path.GetFileName(folder)
            ? new FoundPlugin(description, folder, IsInstalled: true)
            : throw new HpcCrException(FailureKind.Usage, $"the plugin in {folder} is called {description.Name}", "Call its folder as the plugin.");
    }

    private static PluginDescription Read(string folder)
    {
        var path = Path.Combine(folder, PluginDescription.FileName);
        try
        {
            // What waits for a writer, or is a device, would hold the launcher.
            using var file = new FileStream(RegularFile.Open(path, FileAccess.Read), FileAccess.Read, bufferSize: 0);
            var bytes = new byte[PluginDescription.MostBytes];
            return PluginDescription.Parse(bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException)
        {
            throw new HpcCrException(FailureKind.NotFound, $"there is no plugin in {folder} on {Environment.MachineName} that can be read: {e.Message}", "The folder must be there on every node of the job.");
        }
    }

    private static JsonElement ParseConfig(string json, string plugin)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new HpcCrException(FailureKind.Usage, $"the configuration given to plugin {plugin} is no JSON object", "Write it as {\"name\": value, ...}.");
    }
}
