namespace HpcCr.Criu;

/// <summary>The engine could not be talked to. What it *answers*, failures included, is an <see cref="EngineOutcome"/> instead.</summary>
public abstract class EngineException : Exception
{
    private protected EngineException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
