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
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
