namespace HpcCr.Criu.Images;

/// <summary>What a thread of a dump may do; a restore gives it that back.</summary>
public sealed record TaskCredentials
{
    /// <summary>The thread's number inside the sandbox.</summary>
    public required int Thread { get; init; }

    /// <summary>Its users: real, effective, saved, of the file system.</summary>
    public required IReadOnlyList<uint> Users { get; init; }

    /// <summary>Its groups, in the same order, and the supplementary ones after them.</summary>
    public required IReadOnlyList<uint> Groups { get; init; }

    /// <summary>It has a capability: effective, permitted, inheritable or ambient. Those it may only gain from a program's file do not count.</summary>
    public required bool HasCapabilities { get; init; }
}
