namespace Grpc.Core;

/// <summary>Messages as they arrive; one reader at a time.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last <see cref="MoveNext"/> brought.</summary>
    T Current { get; }

    /// <summary>Waits for the next message.</summary>
    /// <param name="cancellationToken">Ends the waiting; at a client, the call as well.</param>
    /// <returns>False when the peer has ended the stream in good order.</returns>
    /// <exception cref="RpcException">The call ended otherwise.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
