using System.Text.Json;
using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>A plugin on this node.</summary>
/// <param name="Description">What plugin.json says.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="IsInstalled">Whether it is one of the node's and not a user's own.</param>
internal sealed record FoundPlugin(PluginDescription Description, string Folder, bool IsInstalled)
{
    /// <summary>Where a program without a slash is looked for.</summary>
    public const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    /// <summary>Its name.</summary>
    public string Name => Description.Name;

    /// <summary>What it is told.</summary>
    public JsonElement Config { get; init; } = Description.Config ?? Nothing;

    /// <summary>Whether it runs as root.</summary>
    public bool RunsAsRoot => Description.RunAs == PluginUser.Root;

    /// <summary>The program and its arguments.</summary>
    /// <exception cref="HpcCrException">The program is not installed here (unsupported).</exception>
    public IReadOnlyList<string> Argv()
    {
        if (Description.Assembly is { } assembly)
            return [Programs.Launcher, PluginHostProgram.Verb, Name, Path.Combine(Folder, assembly)];
        var program = Description.Run![0];
        try
        {
            return [program.Contains('/') ? Path.GetFullPath(program, Folder) : ProgramPath.Resolve(program, SearchPath), .. Description.Run.Skip(1)];
        }
        catch (LinuxException)
        {
            throw new HpcCrException(FailureKind.Unsupported, $"plugin {Name} needs {PluginText.Printable(program)}, which is not installed on {Environment.MachineName}", "Install it, or run the job without the plugin.");
        }
    }
}
