using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>fcntl(2) and close(2): what every interface here needs of descriptors.</summary>
internal static partial class Descriptor
{
    private const int DuplicateCloseOnExec = 1030;

    /// <summary>Duplicates <paramref name="fd"/> onto the lowest free number from <paramref name="lowest"/> on, close-on-exec.</summary>
    public static SafeFileHandle Duplicate(int fd, int lowest = 3)
    {
        int copy = Fcntl(fd, DuplicateCloseOnExec, lowest);
        return copy >= 0
            ? new SafeFileHandle(copy, ownsHandle: true)
            : throw LinuxException.Last($"fcntl({fd}, F_DUPFD_CLOEXEC, {lowest})");
    }

    /// <summary>The number behind a handle, for the length of one call (the caller keeps the handle alive).</summary>
    public static int Number(SafeHandle handle) => (int)handle.DangerousGetHandle();

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int fd, int command, nint argument);
}
