using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HpcCr.Rpc;

/// <summary>Maps the methods of a service, each kind with its way to call the handler.</summary>
internal sealed class EndpointBinder(IEndpointRouteBuilder endpoints, GrpcServerOptions options) : ServiceBinderBase
{
    private readonly HashSet<string> _serviceNames = [];

    public IEnumerable<string> ServiceNames => _serviceNames;

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, async call =>
        {
            var request = await Requests(call, method).ReadOnlyOneAsync();
            await Responses(call, method).WriteLastAsync(await handler!(request, call));
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, async call =>
            await Responses(call, method).WriteLastAsync(await handler!(Requests(call, method), call)));

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, async call =>
        {
            var request = await Requests(call, method).ReadOnlyOneAsync();
            await handler!(request, Responses(call, method), call);
        });

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Map(method, handler, call => handler!(Requests(call, method), Responses(call, method), call));

    private static ServerStreamReader<TRequest> Requests<TRequest, TResponse>(ServerCall call, Method<TRequest, TResponse> method)
        where TRequest : class => new(call, method.RequestMarshaller);

    private static ServerStreamWriter<TResponse> Responses<TRequest, TResponse>(ServerCall call, Method<TRequest, TResponse> method)
        where TResponse : class => new(call, method.ResponseMarshaller);

    private void Map(IMethod method, Delegate? handler, Func<ServerCall, Task> run)
    {
        if (handler is null)
            throw new ArgumentException($"{method.FullName} has no handler; bind an implementation", nameof(handler));
        _serviceNames.Add(method.ServiceName);
        RequestDelegate serve = http => ServerCall.RunAsync(http, options, run);
        endpoints.MapPost(method.FullName, serve);
    }
}
