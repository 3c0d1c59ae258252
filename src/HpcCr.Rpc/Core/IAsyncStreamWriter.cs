namespace Grpc.Core;

/// <summary>Where messages are written; one write at a time.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Hints for the next writes.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Sends a message; done when it is handed to the connection, whose flow control may hold it back.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="InvalidOperationException">The write before is not done, or the stream is complete.</exception>
    Task WriteAsync(T message);

    /// <summary>Sends a message; done when it is handed to the connection, whose flow control may hold it back.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up the write, and with it the call.</param>
    Task WriteAsync(T message, CancellationToken cancellationToken);
}
