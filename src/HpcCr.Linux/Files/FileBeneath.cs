using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>Opens files below a folder without ever leaving it (openat2(2)), whatever others make of the names meanwhile.</summary>
public static unsafe partial class FileBeneath
{
    private const long OpenAt2Number = 437; // the same on every architecture
    private const ulong NoMagicLinks = 0x02;
    private const ulong NoSymbolicLinks = 0x04;
    private const ulong Beneath = 0x08;
    private const ulong NonBlocking = 0x800; // what is a pipe must not make us wait for its writer

    /// <summary>Opens a file for reading. No part of the path below the folder may be a link.</summary>
    /// <param name="folder">The folder; links on the way to it are followed.</param>
    /// <param name="path">The file, relative to the folder.</param>
    /// <exception cref="LinuxException">ELOOP: a link is on the way; EXDEV: the path leads out; ENOENT, ENOTDIR, EACCES.</exception>
    public static SafeFileHandle OpenRead(string folder, string path)
    {
        using var start = FileApi.Open(folder, FileApi.DirectoryOnly);
        var how = new OpenHow { Flags = FileApi.CloseOnExec | NonBlocking, Resolve = NoMagicLinks | NoSymbolicLinks | Beneath };
        var name = Encoding.UTF8.GetBytes(path + "\0");
        long fd;
        fixed (byte* pointer = name)
        {
            do
            {
                fd = SystemCall(OpenAt2Number, (long)start.DangerousGetHandle(), pointer, &how, sizeof(OpenHow));
            }
            while (fd < 0 && Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EAGAIN);
        }

        return fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : throw LinuxException.Last($"openat2({folder}, {path})");
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long folder, byte* path, OpenHow* how, long size);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
