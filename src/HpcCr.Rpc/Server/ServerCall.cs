using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HpcCr.Rpc;

/// <summary>A call at its server's side, from the request's headers to the status.</summary>
internal sealed class ServerCall : ServerCallContext, IDisposable
{
    private readonly HttpContext _http;
    private readonly CancellationTokenSource? _deadlineTimer;
    private readonly CancellationTokenSource _cancelling;
    private readonly CancellationToken _cancelled;
    private readonly DateTime _deadline = DateTime.MaxValue;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private volatile bool _finished;

    private ServerCall(HttpContext http, GrpcServerOptions options, TimeSpan timeout)
    {
        _http = http;
        Options = options;
        if (timeout < TimeoutHeader.Longest)
        {
            _deadline = options.TimeProvider.GetUtcNow().UtcDateTime + timeout;
            _deadlineTimer = new CancellationTokenSource(timeout, options.TimeProvider);
        }
        _cancelling = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, options.Stopping, _deadlineTimer?.Token ?? CancellationToken.None);
        _cancelled = _cancelling.Token;
        if (http.Features.Get<PeerCredentials>() is { } credentials)
            UserState[typeof(PeerCredentials)] = credentials;
        if (http.Features.Get<PeerLimits>() is { } limits)
            UserState[typeof(PeerLimits)] = limits;
    }

    public GrpcServerOptions Options { get; }

    public PipeReader RequestBody => _http.Request.BodyReader;

    protected override string MethodCore => _http.Request.Path.Value ?? "";

    protected override string HostCore => _http.Request.Host.Value ?? "";

    protected override string PeerCore => this.GetPeerCredentials() is { } peer
        ? $"unix:pid={peer.ProcessId},uid={peer.UserId}"
        : $"{new IPEndPoint(_http.Connection.RemoteIpAddress ?? IPAddress.None, _http.Connection.RemotePort)}";

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override CancellationToken CancellationTokenCore => _cancelled;

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>Serves one call; never throws.</summary>
    public static async Task RunAsync(HttpContext http, GrpcServerOptions options, Func<ServerCall, Task> serve)
    {
        Unbound(http.Features);
        http.Response.ContentType = WireNames.ContentType;
        if (!WireNames.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            WriteStatus(http.Response.Headers, new Status(StatusCode.Internal, $"a call has content-type {WireNames.ContentType}"), null);
            return;
        }
        var timeoutHeader = http.Request.Headers[WireNames.Timeout].ToString();
        var timeout = TimeSpan.MaxValue;
        var timeoutIsSound = timeoutHeader.Length == 0 || TimeoutHeader.TryParse(timeoutHeader, out timeout);
        using var call = new ServerCall(http, options, timeout);
        await call.FinishAsync(timeoutIsSound
            ? await call.StatusOfAsync(serve)
            : new Status(StatusCode.Internal, $"\"{timeoutHeader}\" is no {WireNames.Timeout}"));
    }

    /// <summary>Sends a message, and the headers before it.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (_finished)
            throw new InvalidOperationException($"the handler of {Method} has returned; nothing more can be written");
        _cancelled.ThrowIfCancellationRequested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_cancelled, cancellationToken);
        var result = await _http.Response.BodyWriter.WriteAsync(frame, either.Token);
        if (result.IsCompleted || result.IsCanceled)
            throw new OperationCanceledException("the caller has gone");
    }

    public void Dispose()
    {
        _deadlineTimer?.Dispose();
        _cancelling.Dispose();
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (_http.Response.HasStarted)
            throw new InvalidOperationException("the response headers are sent already");
        MetadataHeaders.Write(responseHeaders, (key, value) => _http.Response.Headers.Append(key, value));
        await _http.Response.BodyWriter.FlushAsync(_cancelled);
    }

    /// <summary>Kestrel's limits for uploads do not suit streams that last; messages have a limit of their own.</summary>
    private static void Unbound(IFeatureCollection features)
    {
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private static void WriteStatus(IHeaderDictionary headers, Status status, Metadata? trailers)
    {
        headers[WireNames.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(status.Detail))
            headers[WireNames.Message] = MessageHeader.Encode(status.Detail);
        if (trailers is not null)
            MetadataHeaders.Write(trailers, (key, value) => headers.Append(key, value));
    }

    private async Task<Status> StatusOfAsync(Func<ServerCall, Task> serve)
    {
        try
        {
            var encoding = _http.Request.Headers[WireNames.Encoding].ToString();
            if (encoding.Length > 0 && encoding != WireNames.Identity)
            {
                _http.Response.Headers[WireNames.AcceptEncoding] = WireNames.Identity;
                return new Status(StatusCode.Unimplemented, $"the encoding {encoding} is not supported; send {WireNames.Identity}");
            }
            using var admitted = Options.Admit?.Invoke(this);
            await serve(this);
            return _deadlineTimer?.IsCancellationRequested == true ? OfCancellation() : StatusCore;
        }
        catch (Exception exception)
        {
            return StatusOf(exception);
        }
    }

    private Status StatusOf(Exception exception)
    {
        // A connection that breaks may fail the reading before it cancels the call.
        if ((exception is OperationCanceledException or IOException && _cancelled.IsCancellationRequested) || exception is IOException { InnerException: ConnectionAbortedException })
            return OfCancellation();
        if ((exception as RpcException ?? Options.MapException?.Invoke(exception)) is { } described)
        {
            foreach (var entry in described.Trailers)
                ResponseTrailersCore.Add(entry);
            return described.Status;
        }
        _http.RequestServices?.GetService<ILoggerFactory>()?.CreateLogger<ServerCall>()
            .LogError(exception, "The handler of {Method} failed", Method);
        return new Status(StatusCode.Unknown, "the handler failed; the server's log says why");
    }

    private Status OfCancellation()
    {
        if (_deadlineTimer?.IsCancellationRequested == true)
            return new Status(StatusCode.DeadlineExceeded, "the deadline passed before the handler was done");
        return Options.Stopping.IsCancellationRequested
            ? new Status(StatusCode.Unavailable, "the server is stopping")
            : Status.DefaultCancelled;
    }

    private async Task FinishAsync(Status status)
    {
        _finished = true;
        if (_http.RequestAborted.IsCancellationRequested)
            return;
        // Nothing sent yet: the status goes with the headers, and Kestrel ends the stream with them.
        var destination = _http.Response.HasStarted
            ? _http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
            : _http.Response.Headers;
        WriteStatus(destination, status, _responseTrailers);
        await _http.Response.CompleteAsync();
    }

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in _http.Request.Headers)
        {
            foreach (var value in values)
                MetadataHeaders.Read(metadata, name, value);
        }
        return metadata;
    }
}
