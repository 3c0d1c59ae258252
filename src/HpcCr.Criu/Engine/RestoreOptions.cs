namespace HpcCr.Criu;

/// <summary>One restore.</summary>
public sealed record RestoreOptions : EngineOptions
{
    /// <summary>The log's name within the images folder.</summary>
    public string LogFile { get; init; } = "restore.log";

    /// <summary>The root folder of a tree with its own mounts: a private bind mount of `/`; null for a tree without.</summary>
    public string? Root { get; init; }

    /// <summary>The restored root becomes a child of the engine's parent, which must then wait for it.</summary>
    public bool RstSibling { get; init; } = true;

    /// <summary>Open files of the engine that replace those of the images.</summary>
    public IReadOnlyList<InheritFd> InheritFd { get; init; } = [];
}
