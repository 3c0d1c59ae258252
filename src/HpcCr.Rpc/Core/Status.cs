namespace Grpc.Core;

/// <summary>How a call ended, and why.</summary>
public readonly record struct Status
{
    /// <summary>A status without a local cause.</summary>
    /// <param name="statusCode">How the call ended.</param>
    /// <param name="detail">The reason, for people; travels to the peer.</param>
    public Status(StatusCode statusCode, string detail)
        : this(statusCode, detail, null)
    {
    }

    /// <summary>A status with the local exception behind it.</summary>
    /// <param name="statusCode">How the call ended.</param>
    /// <param name="detail">The reason, for people; travels to the peer.</param>
    /// <param name="debugException">The local cause; never travels.</param>
    public Status(StatusCode statusCode, string detail, Exception? debugException)
    {
        StatusCode = statusCode;
        Detail = detail;
        DebugException = debugException;
    }

    /// <summary>Success.</summary>
    public static readonly Status DefaultSuccess = new(StatusCode.OK, "");

    /// <summary>Cancelled without a stated reason.</summary>
    public static readonly Status DefaultCancelled = new(StatusCode.Cancelled, "");

    /// <summary>How the call ended.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The reason, for people.</summary>
    public string Detail { get; }

    /// <summary>The local cause, if any.</summary>
    public Exception? DebugException { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Status(StatusCode=\"{StatusCode}\", Detail=\"{Detail}\")";
}
