using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>A call at its client's side: what goes out and comes in.</summary>
internal sealed class ClientCall<TResponse>(
    GrpcChannel channel, string path, string? host, CallOptions options, Marshaller<TResponse> marshaller) : ClientCall(channel, options)
    where TResponse : class
{
    private const string UserAgent = "hpccr-rpc";
    private static readonly MediaTypeHeaderValue ContentType = new(WireNames.ContentType);
    private static readonly StreamPipeReaderOptions PipeOptions = new(bufferSize: 32 << 10, leaveOpen: true);

    private readonly CallOptions _options = options;
    private Task<MessageReader<TResponse>?>? _opening;
    private HttpResponseHeaders? _trailing;

    /// <summary>Sends the request.</summary>
    public void Start(HttpContent content)
    {
        var streamed = content as StreamedContent;
        if (!Owns(streamed))
            streamed?.Abort();
        _opening = OpenAsync(content);
    }

    /// <summary>The next response; null when the call has ended well.</summary>
    /// <exception cref="RpcException">The call ended otherwise.</exception>
    public async Task<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        using var cancelling = CancelWith(cancellationToken);
        return await GuardedAsync(static async (call, reader) => await reader.ReadAsync(call.Cancelled) ?? call.Finish());
    }

    /// <summary>The only response, when the call has ended well.</summary>
    /// <exception cref="RpcException">The call ended otherwise.</exception>
    public async Task<TResponse> ReadOnlyOneAsync() =>
        await GuardedAsync(static async (call, reader) =>
        {
            var response = await reader.ReadAsync(call.Cancelled);
            if (response is not null && await reader.ReadAsync(call.Cancelled) is not null)
                throw new RpcException(new Status(StatusCode.Internal, "the server sent more than one response"));
            call.Finish();
            return response;
        }) ?? throw new RpcException(new Status(StatusCode.Internal, "the server sent no response"));

    private async Task<TResponse?> GuardedAsync(Func<ClientCall<TResponse>, MessageReader<TResponse>, Task<TResponse?>> read)
    {
        try
        {
            // No reader: the call ended with its headers, and well, or an exception would have been thrown.
            return await _opening! is { } reader ? await read(this, reader) : null;
        }
        catch (Exception exception)
        {
            if (End(exception) is { } failure)
                throw failure;
            return null; // it had ended well before; there is nothing more to read
        }
    }

    private async Task<MessageReader<TResponse>?> OpenAsync(HttpContent content)
    {
        try
        {
            Cancelled.ThrowIfCancellationRequested();
            var response = await Channel.Invoker.SendAsync(Request(content), Cancelled);
            if (!Owns(response: response))
                response.Dispose();
            return await AcceptAsync(response);
        }
        catch (Exception exception)
        {
            throw End(exception) ?? exception;
        }
    }

    private HttpRequestMessage Request(HttpContent content)
    {
        content.Headers.ContentType = ContentType;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Channel.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (host is not null)
            request.Headers.Host = host;
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation(WireNames.AcceptEncoding, WireNames.Identity);
        if (CallDeadline.Remaining(_options.Deadline, Channel.Options.TimeProvider) is { } remaining)
            request.Headers.TryAddWithoutValidation(WireNames.Timeout, TimeoutHeader.Format(remaining));
        if (_options.Headers is not null)
            MetadataHeaders.Write(_options.Headers, (key, value) => request.Headers.TryAddWithoutValidation(key, value));
        if (!request.Headers.NonValidated.Contains("user-agent"))
            request.Headers.TryAddWithoutValidation("user-agent", UserAgent);
        return request;
    }

    private async Task<MessageReader<TResponse>?> AcceptAsync(HttpResponseMessage response)
    {
        var trailersOnly = ResponseHeaders.StatusOf(response.Headers);
        if (trailersOnly is { } status)
        {
            SetHeaders(new Metadata());
            return End(status, ResponseHeaders.MetadataOf(response.Headers)) is { } failure ? throw failure : null;
        }
        if (response.StatusCode != HttpStatusCode.OK)
            throw new RpcException(CallFault.OfHttpStatus(response.StatusCode));
        if (!WireNames.IsGrpc(response.Content.Headers.ContentType?.ToString()))
            throw new RpcException(new Status(StatusCode.Unknown, $"the server answers with {response.Content.Headers.ContentType}, not with gRPC"));
        if (response.Headers.NonValidated.TryGetValues(WireNames.Encoding, out var encoding) && encoding.ToString() != WireNames.Identity)
            throw new RpcException(new Status(StatusCode.Unimplemented, $"the server compresses with {encoding}, which is not supported"));
        SetHeaders(ResponseHeaders.MetadataOf(response.Headers));
        _trailing = response.TrailingHeaders;
        var body = await response.Content.ReadAsStreamAsync(Cancelled);
        return new MessageReader<TResponse>(PipeReader.Create(body, PipeOptions), marshaller, Channel.Options.MaxReceiveMessageSize);
    }

    /// <summary>After the last message: the server's status.</summary>
    private TResponse? Finish()
    {
        var status = ResponseHeaders.StatusOf(_trailing!)
            ?? new Status(StatusCode.Unknown, "the server ended the call without a status");
        return End(status, ResponseHeaders.MetadataOf(_trailing!)) is { } failure ? throw failure : null;
    }
}
