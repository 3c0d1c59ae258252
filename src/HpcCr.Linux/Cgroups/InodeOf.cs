using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The inode number of a path (statx(2), whose layout is the same on every architecture).</summary>
internal static unsafe partial class InodeOf
{
    private const int CurrentFolder = -100;
    private const uint InodeMask = 0x100;
    private const int InodeOffset = 32;

    public static ulong Path(string path)
    {
        byte* buffer = stackalloc byte[256];
        return Statx(CurrentFolder, path, 0, InodeMask, buffer) == 0 ? *(ulong*)(buffer + InodeOffset) : throw LinuxException.Last($"statx({path})");
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}
