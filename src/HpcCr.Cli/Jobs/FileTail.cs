using HpcCr.Linux;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Cli.Jobs;

/// <summary>Follows a file that others append to.</summary>
/// <param name="path">The file; it need not exist yet.</param>
/// <param name="position">Where to begin, in bytes.</param>
internal sealed class FileTail(string path, long position) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private SafeFileHandle? _file;

    /// <summary>How far it has been read.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The file's length now; 0 when it does not exist.</summary>
    public static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>Opens it. Its folder may be another user's: no link is followed, and nothing is waited for.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="HpcCrException">There is none (not found), it is no regular file, or may not be read.</exception>
    public static SafeFileHandle Open(string path)
    {
        try
        {
            return FileBeneath.OpenRegular(Path.GetDirectoryName(path)!, Path.GetFileName(path));
        }
        catch (LinuxException e)
        {
            throw e.Errno switch
            {
                Errno.ENOENT or Errno.ENOTDIR => new HpcCrException(FailureKind.NotFound, $"there is no file {JobName.Printable(path)}"),
                Errno.EACCES => new HpcCrException(FailureKind.NotAllowed, $"{JobName.Printable(path)} may not be read by this user", "Only the job's owner and root may read it."),
                _ => new HpcCrException(FailureKind.Failed, $"{JobName.Printable(path)} is no regular file, or cannot be read: {JobName.Printable(e.Message)}", "Look at what is there."),
            };
        }
    }

    /// <summary>Copies all that has come since the last call.</summary>
    /// <param name="destination">Gets the bytes as they are.</param>
    /// <returns>How many bytes.</returns>
    public long CopyNew(Stream destination)
    {
        if ((_file ??= TryOpen()) is not { } file) return 0;
        var copied = 0L;
        int count;
        while ((count = RandomAccess.Read(file, _buffer, Position)) > 0)
        {
            destination.Write(_buffer, 0, count);
            Position += count;
            copied += count;
        }

        // A restart puts the file back to what it was at the cut.
        if (copied == 0 && RandomAccess.GetLength(file) is var length && length < Position) Position = length;
        if (copied > 0) destination.Flush();
        return copied;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private SafeFileHandle? TryOpen()
    {
        try
        {
            return Open(path);
        }
        catch (HpcCrException e) when (e.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }
}
