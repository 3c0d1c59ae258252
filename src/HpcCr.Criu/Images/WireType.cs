namespace HpcCr.Criu.Images;

/// <summary>How the value of a protobuf field is laid out.</summary>
public enum WireType
{
    /// <summary>A number of one to ten bytes, seven bits each.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, then so many bytes: text, a message, or packed numbers.</summary>
    Bytes = 2,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}
