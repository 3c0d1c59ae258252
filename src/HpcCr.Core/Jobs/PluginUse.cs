namespace HpcCr.Core;

/// <summary>A plugin that takes part in a job's epochs and restarts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">The folder of a plugin of the user's own, absolute; null: one that is installed on the nodes.</param>
/// <param name="ConfigJson">A JSON object in place of the configuration that the plugin comes with; null: that one.</param>
public sealed record PluginUse(string Name, string? Folder = null, string? ConfigJson = null);
