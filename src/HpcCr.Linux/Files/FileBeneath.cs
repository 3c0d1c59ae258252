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
    private const ulong NoTerminal = 0x100;
    private const int MaximumTries = 100;

    /// <summary>Opens a file for reading. No part of the path below the folder may be a link. Nothing is waited for.</summary>
    /// <param name="folder">The folder; links on the way to it are followed.</param>
    /// <param name="path">The file, relative to the folder.</param>
    /// <exception cref="LinuxException">ELOOP: a link is on the way; EXDEV: the path leads out; EAGAIN: somebody has a lease on it, or renames again and again;
    /// ENOENT, ENOTDIR, EACCES.</exception>
    public static SafeFileHandle OpenRead(string folder, string path)
    {
        using var start = FileApi.Open(folder, FileApi.DirectoryOnly);
        var how = new OpenHow { Flags = FileApi.CloseOnExec | NonBlocking | NoTerminal, Resolve = NoMagicLinks | NoSymbolicLinks | Beneath };
        var name = Encoding.UTF8.GetBytes(path + "\0");
        long fd;
        var tries = 0;
        fixed (byte* pointer = name)
        {
            do
            {
                fd = SystemCall(OpenAt2Number, (long)start.DangerousGetHandle(), pointer, &how, sizeof(OpenHow));
            }
            while (fd < 0 && Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EAGAIN && ++tries < MaximumTries);
        }

        return fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : throw LinuxException.Last($"openat2({folder}, {path})");
    }

    /// <summary>The same, and it is a regular file.</summary>
    /// <param name="folder">The folder; links on the way to it are followed.</param>
    /// <param name="path">The file, relative to the folder.</param>
    /// <exception cref="LinuxException">As <see cref="OpenRead"/>; EINVAL: it is no regular file.</exception>
    public static SafeFileHandle OpenRegular(string folder, string path)
    {
        var file = OpenRead(folder, path);
        if (RegularFile.LengthOf(FileRights.PathOf(file)) is not null)
            return file;
        file.Dispose();
        throw new LinuxException($"openat2({folder}, {path}), which is no regular file,", Errno.EINVAL);
    }

    /// <summary>Reads a small file whole.</summary>
    /// <param name="folder">The folder; links on the way to it are followed.</param>
    /// <param name="path">The file, relative to the folder.</param>
    /// <param name="most">How many bytes it may have.</param>
    /// <exception cref="LinuxException">As <see cref="OpenRegular"/>; EFBIG: it has more.</exception>
    public static byte[] Read(string folder, string path, int most)
    {
        using var file = OpenRegular(folder, path);
        var length = RandomAccess.GetLength(file);
        if (length > most)
            throw new LinuxException($"read({folder}, {path})", Errno.EFBIG);
        // It may grow or shrink meanwhile.
        var bytes = new byte[length];
        var count = 0;
        while (count < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(count), count) is > 0 and var got)
            count += got;
        return count == bytes.Length ? bytes : bytes[..count];
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
