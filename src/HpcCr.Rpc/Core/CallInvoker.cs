namespace Grpc.Core;

/// <summary>Makes calls of the four kinds.</summary>
public abstract class CallInvoker
{
    /// <summary>One request, one response; blocks the thread.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="host">Another authority than the channel's; null as a rule.</param>
    /// <param name="options">What the caller wants besides.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="RpcException">The call ended with another status than OK.</exception>
    public abstract TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>One request, one response.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="host">Another authority than the channel's; null as a rule.</param>
    /// <param name="options">What the caller wants besides.</param>
    /// <param name="request">The request.</param>
    public abstract AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>One request, many responses.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="host">Another authority than the channel's; null as a rule.</param>
    /// <param name="options">What the caller wants besides.</param>
    /// <param name="request">The request.</param>
    public abstract AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class;

    /// <summary>Many requests, one response.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="host">Another authority than the channel's; null as a rule.</param>
    /// <param name="options">What the caller wants besides.</param>
    public abstract AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class;

    /// <summary>Many requests, many responses.</summary>
    /// <typeparam name="TRequest">The message of the caller.</typeparam>
    /// <typeparam name="TResponse">The message of the server.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="host">Another authority than the channel's; null as a rule.</param>
    /// <param name="options">What the caller wants besides.</param>
    public abstract AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class;
}
