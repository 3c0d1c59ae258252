namespace HpcCr.Criu;

/// <summary>The engine said something that is no message, or not the one it owed.</summary>
/// <param name="message">What was expected and what came.</param>
/// <param name="innerException">The decoder's error, if there was one.</param>
public sealed class EngineProtocolException(string message, Exception? innerException = null) : EngineException(message, innerException);
