using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>
/// Looks at a file without opening it (statx(2)): to open what another process has open could hang at a pipe, or make its
/// terminal the caller's.
/// </summary>
public static unsafe partial class RegularFile
{
    private const int CurrentDirectory = -100;
    private const uint TypeModeAndSize = 0x1 | 0x2 | 0x200;
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int SizeOffset = 40;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int NamedPipe = 0x1000;
    private const int NonBlocking = 0x800;
    private const int NoTerminal = 0x100;

    /// <summary>The length of a regular file in bytes; null when there is none at the path, or it is something else. Links are followed.</summary>
    public static long? LengthOf(string path)
    {
        var buffer = stackalloc byte[StatxBytes];
        if (Statx(CurrentDirectory, path, 0, TypeModeAndSize, buffer) != 0)
            return null;
        return (*(ushort*)(buffer + ModeOffset) & TypeMask) == Regular ? *(long*)(buffer + SizeOffset) : null;
    }

    /// <summary>Whether there is a pipe at the path, with a name or without. Links are followed.</summary>
    public static bool IsPipe(string path)
    {
        var buffer = stackalloc byte[StatxBytes];
        return Statx(CurrentDirectory, path, 0, TypeModeAndSize, buffer) == 0 && (*(ushort*)(buffer + ModeOffset) & TypeMask) == NamedPipe;
    }

    /// <summary>Opens it, and waits for nobody: neither a pipe's writer nor a terminal.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <param name="access">What for.</param>
    /// <exception cref="LinuxException">ENOENT, EACCES; EINVAL: it is no regular file.</exception>
    public static SafeFileHandle Open(string path, FileAccess access = FileAccess.Read)
    {
        var handle = FileApi.Open(path, NonBlocking | NoTerminal | ((int)access - 1));
        if (LengthOf($"/proc/self/fd/{Descriptor.Number(handle)}") is not null)
            return handle;
        handle.Dispose();
        throw new LinuxException($"open({path})", Errno.EINVAL);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
