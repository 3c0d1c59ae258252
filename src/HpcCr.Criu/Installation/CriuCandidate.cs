namespace HpcCr.Criu;

/// <summary>A place where the engine may be installed, and what is there.</summary>
/// <param name="Path">The program.</param>
/// <param name="Origin">Where the place comes from, e.g. `$HPCCR_CRIU`.</param>
/// <param name="Version">Its version, if it told one.</param>
/// <param name="Problem">Why it cannot be used; null: it can.</param>
public sealed record CriuCandidate(string Path, string Origin, EngineVersion? Version = null, string? Problem = null);
