namespace HpcCr.Core;

/// <summary>A unix socket or pipe of the job to the outside, in whose place a plugin gives another one at a restart.</summary>
/// <param name="Key">The engine's name of it, <c>socket:[INODE]</c> or <c>pipe:[INODE]</c>.</param>
/// <param name="Plugin">The plugin.</param>
/// <param name="Path">The path that the other end was bound to; empty where it had none.</param>
public sealed record PluginEnd(string Key, string Plugin, string Path);
