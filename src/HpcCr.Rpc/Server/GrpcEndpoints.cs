using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HpcCr.Rpc;

/// <summary>Puts services onto Kestrel's endpoints.</summary>
public static class GrpcEndpoints
{
    /// <summary>Maps every method of a service; its other paths are answered with Unimplemented.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="service">What the generated BindService returns for an implementation.</param>
    /// <param name="options">Limits and rules.</param>
    public static void MapGrpcService(this IEndpointRouteBuilder endpoints, ServerServiceDefinition service, GrpcServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(service);
        options ??= new GrpcServerOptions();
        var binder = new EndpointBinder(endpoints, options);
        service.BindService(binder);
        foreach (var name in binder.ServiceNames)
        {
            RequestDelegate unknown = http => ServerCall.RunAsync(http, options, static call =>
                throw new RpcException(new Status(StatusCode.Unimplemented, $"there is no method {call.Method} here")));
            endpoints.MapPost($"/{name}/{{unknownMethod}}", unknown);
        }
    }
}
