namespace Grpc.Core;

/// <summary>A client's stream of requests.</summary>
/// <typeparam name="T">The message.</typeparam>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Tells the server that no more requests come.</summary>
    Task CompleteAsync();
}
