using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>Who owns a file (lchown(2), statx(2)).</summary>
public static unsafe partial class FileOwner
{
    private const int EmptyPath = 0x1000;
    private const uint WantUser = 0x8;
    private const int StatxBytes = 256;
    private const int UserOffset = 20;

    /// <summary>The owner of the very file that is open, whatever its path leads to by now.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="LinuxException">The file system does not tell.</exception>
    public static uint Of(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var buffer = stackalloc byte[StatxBytes];
        return Statx((int)file.DangerousGetHandle(), "", EmptyPath, WantUser, buffer) == 0
            ? *(uint*)(buffer + UserOffset)
            : throw LinuxException.Last("statx");
    }

    /// <summary>Gives a file, folder or symbolic link (itself, not what it points to) to a user.</summary>
    /// <param name="path">What to give.</param>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The group.</param>
    /// <exception cref="LinuxException">EPERM: needs CAP_CHOWN; ENOENT.</exception>
    public static void Set(string path, uint uid, uint gid) => FileApi.SetOwner(path, uid, gid);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, byte* buffer);
}
