using System.Globalization;
using System.Text;

namespace HpcCr.Rpc;

/// <summary>The grpc-message header: UTF-8 with everything but printable ASCII in percent signs.</summary>
internal static class MessageHeader
{
    /// <summary>A longer detail is cut, since peers bound the size of their headers (8 KiB in all is common).</summary>
    public const int LongestEncoded = 4096;

    public static string Encode(string detail)
    {
        var encoded = new StringBuilder(detail.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in detail.EnumerateRunes())
        {
            if (encoded.Length > LongestEncoded)
                break;
            if (rune.Value is >= ' ' and <= '~' and not '%')
            {
                encoded.Append((char)rune.Value);
                continue;
            }
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }
        return encoded.ToString();
    }

    /// <summary>Undoes the encoding; what is not well encoded stays as it is.</summary>
    public static string Decode(string encoded)
    {
        if (!encoded.Contains('%', StringComparison.Ordinal))
            return encoded;
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%' && i + 2 < encoded.Length
                && byte.TryParse(encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                bytes.Add(encoded[i] < 128 ? (byte)encoded[i] : (byte)'?');
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
