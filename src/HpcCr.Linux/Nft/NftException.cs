namespace HpcCr.Linux;

/// <summary>nft(8) could not be run, or refused what it was asked.</summary>
public sealed class NftException : IOException
{
    /// <summary>Describes the refusal.</summary>
    /// <param name="task">What was asked: <c>lock hpccr_j1</c>.</param>
    /// <param name="reason">nft's own sentence, or why it could not be run.</param>
    /// <param name="inner">The cause, where there is one.</param>
    public NftException(string task, string reason, Exception? inner = null)
        : base($"nft could not {task}: {reason}", inner) => Reason = reason;

    /// <summary>nft's own sentence, or why it could not be run.</summary>
    public string Reason { get; }
}
