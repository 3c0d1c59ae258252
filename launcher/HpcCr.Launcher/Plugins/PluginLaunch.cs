using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>How a plugin's process is started.</summary>
internal sealed record PluginLaunch
{
    /// <summary>The plugin's name.</summary>
    public required string Name { get; init; }

    /// <summary>The program, a path, and its arguments.</summary>
    public required IReadOnlyList<string> Argv { get; init; }

    /// <summary>Its whole environment, as <c>NAME=VALUE</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The folder that it starts in.</summary>
    public required string Folder { get; init; }

    /// <summary>Its user.</summary>
    public required uint Uid { get; init; }

    /// <summary>Its group.</summary>
    public required uint Gid { get; init; }

    /// <summary>Its groups.</summary>
    public required IReadOnlyList<uint> Groups { get; init; }

    /// <summary>Its resource limits; empty: the launcher's.</summary>
    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>A cgroup of its own, below ours; with it all that it has started ends.</summary>
    public required string Cgroup { get; init; }

    /// <summary>A file that only root can reach, for as long as the start takes.</summary>
    public required string EntryFile { get; init; }
}
