namespace Grpc.Core;

/// <summary>What a caller wants of one call besides the request.</summary>
public readonly record struct CallOptions
{
    /// <summary>Options of a call.</summary>
    /// <param name="headers">Metadata to send first.</param>
    /// <param name="deadline">When the call is given up, in UTC; null for never.</param>
    /// <param name="cancellationToken">Cancels the call on both sides.</param>
    public CallOptions(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
    }

    /// <summary>Metadata to send first.</summary>
    public Metadata? Headers { get; private init; }

    /// <summary>When the call is given up, in UTC; null for never.</summary>
    public DateTime? Deadline { get; private init; }

    /// <summary>Cancels the call on both sides.</summary>
    public CancellationToken CancellationToken { get; private init; }

    /// <summary>The same with other headers.</summary>
    /// <param name="headers">Metadata to send first.</param>
    public CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>The same with another deadline.</summary>
    /// <param name="deadline">When the call is given up, in UTC.</param>
    public CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>The same with another token.</summary>
    /// <param name="cancellationToken">Cancels the call on both sides.</param>
    public CallOptions WithCancellationToken(CancellationToken cancellationToken) => this with { CancellationToken = cancellationToken };
}
