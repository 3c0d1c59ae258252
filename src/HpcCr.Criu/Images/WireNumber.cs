namespace HpcCr.Criu.Images;

/// <summary>Protobuf's numbers of variable length.</summary>
internal static class WireNumber
{
    private const int MaximumBytes = 10;

    /// <summary>Takes one from the front.</summary>
    /// <exception cref="ImageFormatException">It ends too early, or has more than 64 bits.</exception>
    public static ulong Take(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var i = 0; i < MaximumBytes && i < bytes.Length; i++)
        {
            var part = bytes[i];
            if (i == MaximumBytes - 1 && part > 1) break;
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return value;
        }

        throw new ImageFormatException("a number in an entry is damaged");
    }

    /// <summary>Appends one in as few bytes as it needs.</summary>
    public static void Append(List<byte> bytes, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
