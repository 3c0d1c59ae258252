using Grpc.Core;

namespace HpcCr.Rpc;

/// <summary>Metadata in the form of headers: binary values in base64.</summary>
internal static class MetadataHeaders
{
    /// <summary>Hands out the entries as headers; names of the protocol are left out.</summary>
    public static void Write(Metadata metadata, Action<string, string> write)
    {
        foreach (var entry in metadata)
        {
            if (!WireNames.IsReserved(entry.Key))
                write(entry.Key, entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value);
        }
    }

    /// <summary>Adds a received header; what cannot be metadata is left out, for a peer's fault must not become ours.</summary>
    public static void Read(Metadata metadata, string name, string? value)
    {
        if (value is null || WireNames.IsReserved(name))
            return;
#pragma warning disable CA1308 // Kestrel and HttpClient write well-known names in capitals; in gRPC they are in lower case.
        var key = name.ToLowerInvariant();
#pragma warning restore CA1308
        if (!Metadata.Entry.IsValidKey(key))
            return;
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
        {
            if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                metadata.Add(key, value);
            return;
        }
        // Equal keys may have been joined on the way; base64 has no commas.
        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (TryDecode(part) is { } bytes)
                metadata.Add(key, bytes);
        }
    }

    private static byte[]? TryDecode(string base64)
    {
        var padded = (base64.Length % 4) switch { 2 => base64 + "==", 3 => base64 + "=", _ => base64 };
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }
}
