namespace HpcCr.Criu.Images;

/// <summary>One field as it stands in a message.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Type">How its value is laid out.</param>
/// <param name="Raw">All of its bytes: tag, length if it has one, value.</param>
/// <param name="ValueAt">Where in <paramref name="Raw"/> the value begins.</param>
internal readonly record struct WireField(int Number, WireType Type, ReadOnlyMemory<byte> Raw, int ValueAt)
{
    /// <summary>The value alone.</summary>
    public ReadOnlyMemory<byte> Value => Raw[ValueAt..];

    public static WireField Varint(int number, ulong value)
    {
        var raw = new List<byte>(12);
        WireNumber.Append(raw, Tag(number, WireType.Varint));
        var at = raw.Count;
        WireNumber.Append(raw, value);
        return new WireField(number, WireType.Varint, raw.ToArray(), at);
    }

    public static WireField Bytes(int number, ReadOnlySpan<byte> value)
    {
        var raw = new List<byte>(value.Length + 12);
        WireNumber.Append(raw, Tag(number, WireType.Bytes));
        WireNumber.Append(raw, (ulong)value.Length);
        var at = raw.Count;
        raw.AddRange(value);
        return new WireField(number, WireType.Bytes, raw.ToArray(), at);
    }

    private static ulong Tag(int number, WireType type) => ((ulong)number << 3) | (uint)type;
}
