using System.Net;
using System.Security.Authentication;
using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>What a failure below gRPC means for the call.</summary>
internal static class CallFault
{
    private const string Unreachable = "the server cannot be reached";

    public static Status OfHttpStatus(HttpStatusCode code)
    {
        var status = code switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };
        return new Status(status, $"the server answered with HTTP status {(int)code}");
    }

    public static Status OfException(Exception exception, string target)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is RpcException rpc)
                return rpc.Status;
            if (cause is HttpProtocolException protocol)
                return OfErrorCode(protocol, target);
            if (cause is AuthenticationException)
                return new Status(StatusCode.Unavailable, $"{target}: no secure connection: {Innermost(cause)}", exception);
        }
        return exception switch
        {
            HttpRequestException or IOException => new Status(StatusCode.Unavailable, $"{target}: {Unreachable}: {Innermost(exception)}", exception),
            OperationCanceledException => new Status(StatusCode.Unavailable, $"{target}: {Unreachable}: no connection in time", exception),
            _ => new Status(StatusCode.Internal, $"{target}: {exception.Message}", exception),
        };
    }

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is not null)
            exception = exception.InnerException;
        return exception.Message;
    }

    /// <summary>The mapping in gRPC's own document PROTOCOL-HTTP2, with one exception.</summary>
    /// <remarks>
    /// NO_ERROR and PROTOCOL_ERROR are Internal there. HttpClient reports under them as well that the whole connection ended or did not
    /// answer a ping, without a way to tell; a lost connection must be Unavailable, for that is what callers try again on.
    /// </remarks>
    private static Status OfErrorCode(HttpProtocolException exception, string target)
    {
        var code = exception.ErrorCode switch
        {
            0x0 or 0x1 or 0x7 => StatusCode.Unavailable, // NO_ERROR, PROTOCOL_ERROR, REFUSED_STREAM
            0x8 => StatusCode.Cancelled,
            0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
            0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
            _ => StatusCode.Internal,
        };
        return new Status(code, $"{target}: the call was cut off: {exception.Message}", exception);
    }
}
