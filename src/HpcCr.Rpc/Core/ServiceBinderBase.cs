namespace Grpc.Core;

/// <summary>Takes the methods of a service one by one.</summary>
public abstract class ServiceBinderBase
{
    /// <summary>Takes a method with one request and one response.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="handler">What handles its calls.</param>
    public abstract void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class;

    /// <summary>Takes a method with many requests and one response.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="handler">What handles its calls.</param>
    public abstract void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class;

    /// <summary>Takes a method with one request and many responses.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="handler">What handles its calls.</param>
    public abstract void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class;

    /// <summary>Takes a method with many requests and many responses.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="handler">What handles its calls.</param>
    public abstract void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        where TRequest : class
        where TResponse : class;
}
