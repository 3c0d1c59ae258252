namespace Grpc.Core;

/// <summary>A call that ended with another status than OK; thrown by a handler, it decides the status.</summary>
public sealed class RpcException : Exception
{
    /// <summary>An end without trailers.</summary>
    /// <param name="status">How the call ended.</param>
    public RpcException(Status status)
        : this(status, Metadata.Empty)
    {
    }

    /// <summary>An end with trailers.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="trailers">What the server sent after the last message.</param>
    public RpcException(Status status, Metadata trailers)
        : this(status, trailers, status.ToString())
    {
    }

    /// <summary>An end with trailers and a message of its own.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="trailers">What the server sent after the last message.</param>
    /// <param name="message">The exception's message.</param>
    public RpcException(Status status, Metadata trailers, string message)
        : base(message, status.DebugException)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        Status = status;
        Trailers = trailers;
    }

    /// <summary>How the call ended, and why.</summary>
    public Status Status { get; }

    /// <summary>How the call ended.</summary>
    public StatusCode StatusCode => Status.StatusCode;

    /// <summary>What the server sent after the last message.</summary>
    public Metadata Trailers { get; }
}
