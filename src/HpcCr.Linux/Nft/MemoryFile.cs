using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A file without a name (memfd_create(2)): a child's stdin or stdout that, unlike a pipe, needs nobody at its other end.</summary>
internal sealed partial class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;

    private readonly SafeFileHandle _file;

    internal MemoryFile(string content = "")
    {
        var descriptor = Create("hpccr", CloseOnExec);
        if (descriptor < 0)
            throw LinuxException.Last("memfd_create(hpccr)");
        _file = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(_file, Encoding.UTF8.GetBytes(content), 0);
    }

    internal int Number => Descriptor.Number(_file);

    internal string ReadAll()
    {
        var bytes = new byte[RandomAccess.GetLength(_file)];
        var count = RandomAccess.Read(_file, bytes, 0);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Create(string name, uint flags);
}
