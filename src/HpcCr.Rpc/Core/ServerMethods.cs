namespace Grpc.Core;

/// <summary>Handles calls with one request and one response.</summary>
/// <typeparam name="TRequest">The message of the caller.</typeparam>
/// <typeparam name="TResponse">The message of the server.</typeparam>
/// <param name="request">The request.</param>
/// <param name="context">The call.</param>
public delegate Task<TResponse> UnaryServerMethod<TRequest, TResponse>(TRequest request, ServerCallContext context)
    where TRequest : class
    where TResponse : class;

/// <summary>Handles calls with many requests and one response.</summary>
/// <typeparam name="TRequest">The message of the caller.</typeparam>
/// <typeparam name="TResponse">The message of the server.</typeparam>
/// <param name="requestStream">The requests.</param>
/// <param name="context">The call.</param>
public delegate Task<TResponse> ClientStreamingServerMethod<TRequest, TResponse>(
    IAsyncStreamReader<TRequest> requestStream, ServerCallContext context)
    where TRequest : class
    where TResponse : class;

/// <summary>Handles calls with one request and many responses.</summary>
/// <typeparam name="TRequest">The message of the caller.</typeparam>
/// <typeparam name="TResponse">The message of the server.</typeparam>
/// <param name="request">The request.</param>
/// <param name="responseStream">Where responses are written.</param>
/// <param name="context">The call.</param>
public delegate Task ServerStreamingServerMethod<TRequest, TResponse>(
    TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context)
    where TRequest : class
    where TResponse : class;

/// <summary>Handles calls with many requests and many responses.</summary>
/// <typeparam name="TRequest">The message of the caller.</typeparam>
/// <typeparam name="TResponse">The message of the server.</typeparam>
/// <param name="requestStream">The requests.</param>
/// <param name="responseStream">Where responses are written.</param>
/// <param name="context">The call.</param>
public delegate Task DuplexStreamingServerMethod<TRequest, TResponse>(
    IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context)
    where TRequest : class
    where TResponse : class;
