namespace HpcCr.Criu;

/// <summary>The engine closed its end without an answer: it was killed, crashed, or did not start.</summary>
/// <param name="message">What was under way.</param>
/// <param name="innerException">The socket's error, if there was one.</param>
public sealed class EngineDiedException(string message, Exception? innerException = null) : EngineException(message, innerException);
