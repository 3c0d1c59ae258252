using System.Globalization;
using System.Net.Http.Headers;
using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>Reads a server's headers and trailers.</summary>
internal static class ResponseHeaders
{
    /// <summary>The status in them, or null.</summary>
    public static Status? StatusOf(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues(WireNames.Status, out var code))
            return null;
        var detail = headers.NonValidated.TryGetValues(WireNames.Message, out var message) ? MessageHeader.Decode(message.ToString()) : "";
        return int.TryParse(code.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= (int)StatusCode.Unauthenticated
            ? new Status((StatusCode)number, detail)
            : new Status(StatusCode.Unknown, $"the server ended the call with the status {code}, which does not exist: {detail}");
    }

    /// <summary>The call's metadata in them.</summary>
    public static Metadata MetadataOf(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
                MetadataHeaders.Read(metadata, name, value);
        }
        return metadata;
    }
}
