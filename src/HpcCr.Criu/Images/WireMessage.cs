using System.Text;

namespace HpcCr.Criu.Images;

/// <summary>
/// A protobuf message as it stands in an image, editable field by field. Fields keep their order and their very bytes, known or not;
/// only what is set to another value is encoded anew.
/// </summary>
public sealed class WireMessage
{
    /// <summary>More fields than any message has that is edited here.</summary>
    public const int MaximumFields = 1 << 20;

    private const int MaximumFieldNumber = (1 << 29) - 1;

    private readonly List<WireField> _fields;

    private WireMessage(List<WireField> fields) => _fields = fields;

    /// <summary>Takes a message apart. The bytes must not change afterwards.</summary>
    /// <exception cref="ImageFormatException">It is truncated or no protobuf message.</exception>
    public static WireMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        var fields = new List<WireField>();
        while (bytes.Length > 0)
        {
            if (fields.Count == MaximumFields) throw new ImageFormatException($"an entry has more than {MaximumFields} fields");
            var field = First(bytes);
            fields.Add(field);
            bytes = bytes[field.Raw.Length..];
        }

        return new WireMessage(fields);
    }

    /// <summary>A number; null when the field is absent.</summary>
    /// <exception cref="ImageFormatException">The field is no number.</exception>
    public ulong? GetVarint(int field)
    {
        if (Last(field, WireType.Varint) is not { } found) return null;
        var value = found.Value.Span;
        return WireNumber.Take(ref value);
    }

    /// <summary>A number of 32 bits that must be there.</summary>
    /// <exception cref="ImageFormatException">The field is absent, or no such number.</exception>
    public uint RequireUInt32(int field) =>
        GetUInt32(field) ?? throw new ImageFormatException($"field {field} of an entry is missing");

    /// <summary>A number of 32 bits; null when the field is absent.</summary>
    /// <exception cref="ImageFormatException">The field is no such number.</exception>
    public uint? GetUInt32(int field) => GetVarint(field) is not { } value ? null
        : value <= uint.MaxValue ? (uint)value
        : throw new ImageFormatException($"field {field} of an entry is larger than 32 bits");

    /// <summary>A yes or no; false when the field is absent.</summary>
    /// <exception cref="ImageFormatException">The field is no number.</exception>
    public bool GetFlag(int field) => GetVarint(field) is > 0;

    /// <summary>Text; null when the field is absent.</summary>
    /// <exception cref="ImageFormatException">The field is a number.</exception>
    public string? GetText(int field) => Last(field, WireType.Bytes) is { } found ? Encoding.UTF8.GetString(found.Value.Span) : null;

    /// <summary>A nested message, a copy to be edited and set back; null when the field is absent. Repeated ones are merged, as decoders do.</summary>
    /// <exception cref="ImageFormatException">The field is damaged or no message.</exception>
    public WireMessage? GetMessage(int field)
    {
        WireMessage? merged = null;
        foreach (var found in All(field))
        {
            var part = Parse(Checked(found, WireType.Bytes).Value);
            merged ??= new WireMessage([]);
            merged._fields.AddRange(part._fields);
        }

        return merged;
    }

    /// <summary>Repeated nested messages, copies to be edited and set back.</summary>
    /// <exception cref="ImageFormatException">The field is damaged or holds something else.</exception>
    public IReadOnlyList<WireMessage> GetMessages(int field) => [.. All(field).Select(found => Parse(Checked(found, WireType.Bytes).Value))];

    /// <summary>Repeated numbers of 32 bits, packed or one by one.</summary>
    /// <exception cref="ImageFormatException">The field is damaged or holds something else.</exception>
    public IReadOnlyList<uint> GetUInt32s(int field)
    {
        var values = new List<uint>();
        foreach (var found in All(field))
        {
            if (found.Type is not (WireType.Varint or WireType.Bytes)) throw Mismatch(found);
            var rest = found.Value.Span;
            while (rest.Length > 0)
            {
                var value = WireNumber.Take(ref rest);
                values.Add(value <= uint.MaxValue ? (uint)value : throw new ImageFormatException($"field {field} of an entry is larger than 32 bits"));
            }
        }

        return values;
    }

    /// <summary>Sets a number.</summary>
    public void SetVarint(int field, ulong value)
    {
        if (GetVarint(field) != value) Replace(field, [WireField.Varint(field, value)]);
    }

    /// <summary>Sets repeated numbers, laid out as they were: packed, or else one by one.</summary>
    public void SetUInt32s(int field, IReadOnlyList<uint> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (GetUInt32s(field).SequenceEqual(values)) return;
        if (!All(field).Any(found => found.Type == WireType.Bytes))
        {
            Replace(field, [.. values.Select(value => WireField.Varint(field, value))]);
            return;
        }

        var packed = new List<byte>();
        foreach (var value in values) WireNumber.Append(packed, value);
        Replace(field, [WireField.Bytes(field, packed.ToArray())]);
    }

    /// <summary>Sets a nested message.</summary>
    public void SetMessage(int field, WireMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var bytes = message.ToArray();
        if (All(field).Count() == 1 && All(field).Single().Value.Span.SequenceEqual(bytes)) return;
        Replace(field, [WireField.Bytes(field, bytes)]);
    }

    /// <summary>Sets repeated nested messages.</summary>
    public void SetMessages(int field, IEnumerable<WireMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Replace(field, [.. messages.Select(message => WireField.Bytes(field, message.ToArray()))]);
    }

    /// <summary>The message's bytes.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[_fields.Sum(field => field.Raw.Length)];
        var at = 0;
        foreach (var field in _fields)
        {
            field.Raw.Span.CopyTo(bytes.AsSpan(at));
            at += field.Raw.Length;
        }

        return bytes;
    }

    private static WireField First(ReadOnlyMemory<byte> bytes)
    {
        var rest = bytes.Span;
        var tag = WireNumber.Take(ref rest);
        var number = tag >> 3;
        if (number is 0 or > MaximumFieldNumber) throw new ImageFormatException($"an entry has a field {number}, which cannot be");
        var type = (WireType)(tag & 7);
        var valueAt = bytes.Length - rest.Length;
        ulong length;
        switch (type)
        {
            case WireType.Varint:
                WireNumber.Take(ref rest);
                length = (ulong)(bytes.Length - valueAt - rest.Length);
                break;
            case WireType.Bytes:
                length = WireNumber.Take(ref rest);
                valueAt = bytes.Length - rest.Length;
                break;
            case WireType.Fixed64:
                length = 8;
                break;
            case WireType.Fixed32:
                length = 4;
                break;
            default:
                throw new ImageFormatException($"field {number} of an entry has layout {tag & 7}, which is not known");
        }

        return length <= (ulong)(bytes.Length - valueAt)
            ? new WireField((int)number, type, bytes[..(valueAt + (int)length)], valueAt)
            : throw new ImageFormatException($"field {number} of an entry ends too early");
    }

    private static ImageFormatException Mismatch(WireField field) =>
        new($"field {field.Number} of an entry has layout {field.Type}, which does not fit it");

    private static WireField Checked(WireField field, WireType type) => field.Type == type ? field : throw Mismatch(field);

    private IEnumerable<WireField> All(int field) => _fields.Where(found => found.Number == field);

    // Of a field that is there twice decoders take the last.
    private WireField? Last(int field, WireType type)
    {
        var at = _fields.FindLastIndex(found => found.Number == field);
        return at < 0 ? null : Checked(_fields[at], type);
    }

    private void Replace(int field, IReadOnlyList<WireField> with)
    {
        var at = _fields.FindIndex(found => found.Number == field);
        _fields.RemoveAll(found => found.Number == field);
        if (at < 0) at = _fields.FindIndex(found => found.Number > field);
        _fields.InsertRange(at < 0 ? _fields.Count : at, with);
    }
}
