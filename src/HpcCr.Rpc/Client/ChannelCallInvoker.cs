using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>Makes the calls of a channel.</summary>
internal sealed class ChannelCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TResponse>(channel, method.FullName, host, options, method.ResponseMarshaller);
        call.Start(OneMessageContent.Of(method.RequestMarshaller, request));
        return new AsyncUnaryCall<TResponse>(call.ReadOnlyOneAsync(), call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new ClientCall<TResponse>(channel, method.FullName, host, options, method.ResponseMarshaller);
        call.Start(OneMessageContent.Of(method.RequestMarshaller, request));
        return new AsyncServerStreamingCall<TResponse>(
            new ClientStreamReader<TResponse>(call), call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TResponse>(channel, method.FullName, host, options, method.ResponseMarshaller);
        var content = new StreamedContent();
        var writer = new ClientStreamWriter<TRequest>(call, content, method.RequestMarshaller);
        call.Start(content);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            writer, call.ReadOnlyOneAsync(), call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = new ClientCall<TResponse>(channel, method.FullName, host, options, method.ResponseMarshaller);
        var content = new StreamedContent();
        var writer = new ClientStreamWriter<TRequest>(call, content, method.RequestMarshaller);
        call.Start(content);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            writer, new ClientStreamReader<TResponse>(call), call.Headers, call.GetStatus, call.GetTrailers, call.Dispose);
    }
}
