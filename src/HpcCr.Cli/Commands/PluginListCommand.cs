using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Output;
using HpcCr.Launcher;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr plugin list</c>.</summary>
internal sealed class PluginListCommand : CliCommand
{
    /// <summary>Where the administrator has installed plugins.</summary>
    [Option("plugins", MetaValue = "DIR", Default = "/etc/hpccr/plugins", HelpText = "The launcher's folder of installed plugins.")]
    public string Folder { get; set; } = "";

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(CommandContext context)
    {
        var found = InstalledPlugin.Find(Path.GetFullPath(Folder));
        context.Out.Table(["plugin", "runs as", "on failure", "jobs", "folder", "fault"], found.Select(plugin => (IReadOnlyList<string>)
            [plugin.Name, plugin.RunAs, plugin.OnFailure, plugin.Fault is not null ? "none" : plugin.Always ? "all" : "those that ask", plugin.Folder, plugin.Fault ?? ""]));
        if (Json)
            Terminal.Document(new PluginListDocument([.. found.Select(p => new PluginDocument(p.Name, p.Folder, p.RunAs, p.OnFailure, p.Always, p.Fault))]), CliJson.Default.PluginListDocument);
        return Task.FromResult(ExitCodes.Done);
    }
}
