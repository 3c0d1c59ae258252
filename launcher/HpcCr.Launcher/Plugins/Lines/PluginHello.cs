namespace HpcCr.Launcher;

/// <summary>What a plugin says first.</summary>
/// <param name="Api">The version of the interface that it was written for.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its own version, for people.</param>
/// <param name="Events">The events that it wants to hear of.</param>
internal sealed record PluginHello(int Api, string Name, string Version, IReadOnlyList<string> Events);
