using HpcCr.Criu;

namespace HpcCr.Guard;

/// <summary>A step that failed, in words for the launcher.</summary>
internal sealed class GuardException(string what, string next = "") : Exception(what)
{
    public string Next { get; } = next;

    /// <summary>An engine died while it held the sandbox; what is left has been killed.</summary>
    public bool EngineDied { get; init; }

    /// <summary>The engine says that this cannot be dumped or restored here.</summary>
    public bool Unsupported { get; init; }

    /// <summary>The caller may not do this.</summary>
    public bool NotAllowed { get; init; }

    public static GuardException From(EngineFailure failure) =>
        new(failure.Cause, failure.Remedy) { Unsupported = failure.Rule is not null };
}
