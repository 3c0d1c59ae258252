namespace HpcCr.Criu;

/// <summary>One error line of the engine's log.</summary>
/// <param name="Text">The line as it stands in the log.</param>
/// <param name="Message">The message alone, without time, pid and source position.</param>
/// <param name="Pid">The task that wrote it, in its own pid namespace; null: the engine itself.</param>
/// <param name="Before">Up to five lines before it.</param>
public sealed record CriuLogError(string Text, string Message, int? Pid, IReadOnlyList<string> Before);
