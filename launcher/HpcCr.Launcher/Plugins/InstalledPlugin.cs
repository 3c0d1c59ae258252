namespace HpcCr.Launcher;

/// <summary>A plugin that is installed on this node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="RunAs">As whom it runs: <c>user</c> or <c>root</c>.</param>
/// <param name="OnFailure">What its failure costs: <c>abort</c> or <c>warn</c>.</param>
/// <param name="Always">Whether every job of the node has it.</param>
/// <param name="Fault">Why no job can use it; null when jobs can.</param>
public sealed record InstalledPlugin(string Name, string Folder, string RunAs, string OnFailure, bool Always, string? Fault)
{
    /// <summary>Those of this node.</summary>
    /// <param name="folder">Where the administrator has installed plugins.</param>
    public static IReadOnlyList<InstalledPlugin> Find(string folder) => new PluginFolders(folder).Installed();
}
