using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>Contents of files from one to another: shared where the file system can (FICLONE, ioctl_ficlone(2)), else copied with their holes.</summary>
public static partial class FileContents
{
    private const nuint CloneRequest = 0x40049409;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int BufferBytes = 1 << 20;

    /// <summary>Has a file share the contents of another one, without copying any.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="to">Open for writing.</param>
    /// <returns>False when the file system cannot, or they are on two; the target is as it was.</returns>
    public static bool TryClone(SafeFileHandle from, SafeFileHandle to)
    {
        ArgumentNullException.ThrowIfNull(from);
        return Control(to, CloneRequest, (int)from.DangerousGetHandle()) == 0;
    }

    /// <summary>Copies the contents; holes stay holes.</summary>
    /// <param name="from">Open for reading; nobody writes to it meanwhile.</param>
    /// <param name="to">Open for writing, empty.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static void Copy(SafeFileHandle from, SafeFileHandle to, CancellationToken cancellationToken)
    {
        var length = RandomAccess.GetLength(from);
        RandomAccess.SetLength(to, length);
        var buffer = new byte[(int)Math.Clamp(length, 1, BufferBytes)];
        for (long at = 0; at < length && Seek(from, at, SeekData) is >= 0 and var data && data < length;)
        {
            // A file that grows behind a hole has one at its end at the latest.
            var end = Math.Min(Seek(from, data, SeekHole) is > 0 and var hole ? hole : length, length);
            for (at = data; at < end;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var got = RandomAccess.Read(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                if (got == 0)
                    return;
                RandomAccess.Write(to, buffer.AsSpan(0, got), at);
                at += got;
            }
        }
    }

    /// <summary>Copies the beginning of a file, without moving the offset of what is open: that may be another process's as well.</summary>
    /// <param name="from">Open for reading.</param>
    /// <param name="to">Open for writing, empty.</param>
    /// <param name="length">How many bytes; a file that is shorter by now gives those that it has.</param>
    /// <param name="cancellationToken">Stops between buffers.</param>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static void CopyBeginning(SafeFileHandle from, SafeFileHandle to, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Clamp(length, 1, BufferBytes)];
        for (long at = 0; at < length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var got = RandomAccess.Read(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)), at);
            if (got == 0)
                return;
            RandomAccess.Write(to, buffer.AsSpan(0, got), at);
            at += got;
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle to, nuint request, nint from);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);
}
