namespace HpcCr.Rpc;

/// <summary>The names that gRPC over HTTP/2 uses.</summary>
internal static class WireNames
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";

    /// <summary>Flag and length in front of every message, in bytes.</summary>
    public const int FrameHeaderBytes = 5;

    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+');

    /// <summary>Whether a header belongs to the protocol and not to the call's metadata.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith(':') || name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
        || name.ToUpperInvariant() is "TE" or "CONTENT-TYPE" or "CONTENT-LENGTH" or "HOST" or "CONNECTION" or "TRANSFER-ENCODING"
            or "CONTENT-ENCODING" or "ACCEPT-ENCODING" or "DATE" or "SERVER" or "TRAILER";
}
