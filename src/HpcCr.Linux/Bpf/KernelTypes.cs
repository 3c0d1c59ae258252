using System.Buffers.Binary;

namespace HpcCr.Linux;

/// <summary>Where members of this kernel's structures lie, from its own description (BTF, /sys/kernel/btf/vmlinux).</summary>
internal sealed class KernelTypes
{
    private const string Description = "/sys/kernel/btf/vmlinux";
    private const ushort Magic = 0xeb9f;
    private const int TypeBytes = 12;

    private const int Array = 3;
    private const int Structure = 4;
    private const int Union = 5;
    private const int Enumeration = 6;
    private const int TypeName = 8;
    private const int Qualifier = 11;
    private const int Function = 12;
    private const int Prototype = 13;
    private const int Tag = 18;

    private readonly byte[] _bytes;
    private readonly List<int> _types = [0];
    private readonly int _strings;

    private KernelTypes(byte[] bytes)
    {
        _bytes = bytes;
        int head = Word(4);
        int begin = head + Word(8);
        int end = begin + Word(12);
        _strings = head + Word(16);
        for (int at = begin; at < end; at += TypeBytes + Tail(at))
            _types.Add(at);
    }

    /// <summary>Reads it; null when this kernel has none, or one of another format.</summary>
    public static KernelTypes? Read()
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(Description);
            return bytes.Length > 24 && BinaryPrimitives.ReadUInt16LittleEndian(bytes) == Magic ? new KernelTypes(bytes) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>The number of a function.</summary>
    /// <returns>Null when the kernel has none of that name.</returns>
    public int? FunctionNumber(string name) => Find(name, Function);

    /// <summary>The offset of a member, by the names of the members that lead to it; those without a name are looked through.</summary>
    /// <returns>Bytes; null when there is no such member.</returns>
    public int? Offset(string structure, params ReadOnlySpan<string> path)
    {
        if (Find(structure, Structure) is not { } type)
            return null;
        int offset = 0;
        foreach (string name in path)
        {
            if (Member(type, name) is not { } member)
                return null;
            offset += member.Offset;
            type = member.Type;
        }

        return offset;
    }

    /// <summary>The size of a structure.</summary>
    /// <returns>Bytes; null when there is no such structure.</returns>
    public int? Size(string structure) => Find(structure, Structure) is { } type ? Word(_types[type] + 8) : null;

    private (int Offset, int Type)? Member(int type, string name)
    {
        while (Kind(_types[type]) is TypeName or Qualifier or Tag or 9 or 10)
            type = Word(_types[type] + 8);
        int at = _types[type];
        if (Kind(at) is not (Structure or Union))
            return null;
        bool hasBits = (uint)Word(at + 4) >> 31 != 0;
        for (int i = 0; i < Count(at); i++)
        {
            int member = at + TypeBytes + (i * 12);
            int offset = (hasBits ? Word(member + 8) & 0xffffff : Word(member + 8)) / 8;
            int memberType = Word(member + 4);
            if (IsNamed(member, name))
                return (offset, memberType);
            if (_bytes[_strings + Word(member)] == 0 && Member(memberType, name) is { } inner)
                return (offset + inner.Offset, inner.Type);
        }

        return null;
    }

    private int? Find(string name, int kind)
    {
        int found = _types.FindIndex(1, at => Kind(at) == kind && IsNamed(at, name));
        return found < 0 ? null : found;
    }

    private bool IsNamed(int at, string name)
    {
        int text = _strings + Word(at);
        for (int i = 0; i < name.Length; i++)
        {
            if (_bytes[text + i] != name[i])
                return false;
        }

        return _bytes[text + name.Length] == 0;
    }

    private int Kind(int at) => Word(at + 4) >> 24 & 0x1f;

    private int Count(int at) => Word(at + 4) & 0xffff;

    // What follows the head of each kind (Documentation/bpf/btf.rst).
    private int Tail(int at) => Kind(at) switch
    {
        1 or 14 or 17 => 4,
        Array => 12,
        Structure or Union or 15 or 19 => 12 * Count(at),
        Enumeration or Prototype => 8 * Count(at),
        _ => 0,
    };

    private int Word(int at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));
}
