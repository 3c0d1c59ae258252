using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Rpc;

/// <summary>What statx(2) knows and .NET does not tell; here, because this project must not depend on HpcCr.Linux.</summary>
internal static partial class FileStatus
{
    private const int AtCurrentDirectory = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint WantType = 0x1;
    private const uint WantUser = 0x8;
    private const int StatxBytes = 256;
    private const int UserOffset = 20; // after mask 4, blksize 4, attributes 8, nlink 4
    private const int ModeOffset = 28; // after uid 4, gid 4
    private const int TypeMask = 0xF000;
    private const int TypeSocket = 0xC000;

    /// <summary>The user as whom this process acts on files.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint CurrentUser();

    /// <summary>The owner of the very file that is open, whatever its path leads to by now.</summary>
    public static uint OwnerOf(SafeFileHandle file)
    {
        Span<byte> status = stackalloc byte[StatxBytes];
        if (Statx((int)file.DangerousGetHandle(), "", AtEmptyPath, WantUser, ref MemoryMarshal.GetReference(status)) != 0)
            throw new Win32Exception();
        return MemoryMarshal.Read<uint>(status[UserOffset..]);
    }

    /// <summary>Whether a path itself is a unix socket; a link to one is not.</summary>
    public static bool IsSocket(string path)
    {
        Span<byte> status = stackalloc byte[StatxBytes];
        return Statx(AtCurrentDirectory, path, AtSymlinkNoFollow, WantType, ref MemoryMarshal.GetReference(status)) == 0
            && (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) == TypeSocket;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);
}
