namespace HpcCr.Core;

/// <summary>A failure that is told to a user: what failed, where and why in one sentence, and the next step in another.</summary>
public sealed class HpcCrException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="kind">Its class, which gives the exit code.</param>
    /// <param name="what">What failed, where and why.</param>
    /// <param name="next">What the user can do next; empty when nothing helps.</param>
    /// <param name="inner">The cause, for logs only.</param>
    public HpcCrException(FailureKind kind, string what, string next = "", Exception? inner = null)
        : base(what, inner)
    {
        Kind = kind;
        Next = next;
    }

    /// <summary>The class of the failure.</summary>
    public FailureKind Kind { get; }

    /// <summary>What the user can do next; may be empty.</summary>
    public string Next { get; }

    /// <summary>Both sentences, as they are shown.</summary>
    public string Sentence => Next.Length == 0 ? Message : $"{Message.TrimEnd('.')}. {Next}";
}
