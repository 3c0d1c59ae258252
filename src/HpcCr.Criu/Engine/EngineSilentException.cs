namespace HpcCr.Criu;

/// <summary>The engine neither spoke nor died for longer than allowed; it may still hold the tasks.</summary>
/// <param name="message">What was under way and for how long.</param>
public sealed class EngineSilentException(string message) : EngineException(message, null);
