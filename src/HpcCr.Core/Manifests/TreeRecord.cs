namespace HpcCr.Core;

/// <summary>What an attached tree of processes takes with it from outside, and what stands in for that after a restart.</summary>
public sealed record TreeRecord
{
    /// <summary>The session of the tree's root where that is led from outside the tree; 0 when the root leads its own.</summary>
    public int OutsideSession { get; init; }

    /// <summary>Process numbers above this one are free for what a restore needs beside the tree.</summary>
    public int LastPid { get; init; }

    /// <summary>Open files whose other end is outside of the tree.</summary>
    public IReadOnlyList<ReplacedFile> Replaced { get; init; } = [];

    /// <summary>Whether the engine must be told that the tree was started from a shell or has a terminal.</summary>
    public bool IsShellJob => OutsideSession != 0 || Replaced.Any(file => file.By == Replacement.Terminal);
}
