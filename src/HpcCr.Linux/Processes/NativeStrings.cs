using System.Runtime.InteropServices;
using System.Text;

namespace HpcCr.Linux;

/// <summary>A null-terminated array of C strings (argv, envp) in unmanaged memory.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;
    private byte** _array;

    public NativeStrings(IReadOnlyList<string> texts)
    {
        _array = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (; _count < texts.Count; _count++)
            _array[_count] = Copy(texts[_count]);
    }

    public byte** Pointer => _array;

    public void Dispose()
    {
        if (_array is null)
            return;
        for (int i = 0; i < _count; i++)
            NativeMemory.Free(_array[i]);
        NativeMemory.Free(_array);
        _array = null;
    }

    private static byte* Copy(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        byte* copy = (byte*)NativeMemory.Alloc((nuint)length + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
        copy[length] = 0;
        return copy;
    }
}
