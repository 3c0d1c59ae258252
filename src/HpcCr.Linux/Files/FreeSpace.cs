using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>Room on the file system of a path (statvfs(3)).</summary>
public static unsafe partial class FreeSpace
{
    /// <summary>What an ordinary user can still write there; quotas are not counted.</summary>
    /// <param name="path">A file or folder on it.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="LinuxException">ENOENT, EACCES.</exception>
    public static long Of(string path)
    {
        // struct statvfs on 64-bit Linux: unsigned longs f_bsize, f_frsize, f_blocks, f_bfree, f_bavail; 112 bytes in all.
        ulong* fields = stackalloc ulong[32];
        if (StatVfs(path, fields) != 0)
            throw LinuxException.Last($"statvfs({path})");
        return (long)Math.Min(fields[1] * fields[4], long.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, ulong* fields);
}
