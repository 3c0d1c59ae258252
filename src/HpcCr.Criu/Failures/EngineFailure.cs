namespace HpcCr.Criu;

/// <summary>Why a dump or restore failed, for a person and for the code that decides what comes next.</summary>
/// <param name="Rule">The name of the <see cref="KnownFailure"/> that explains it; null: not known.</param>
/// <param name="Cause">One sentence: what stood in the way.</param>
/// <param name="Remedy">One sentence: what to do next.</param>
/// <param name="Errno">The engine's error number; 0 if it gave none.</param>
/// <param name="Excerpt">The log's errors, each with the five lines before it; harmless ones are left out.</param>
/// <param name="LogPath">The whole log.</param>
public sealed record EngineFailure(
    string? Rule, string Cause, string Remedy, int Errno, IReadOnlyList<CriuLogError> Excerpt, string LogPath);
