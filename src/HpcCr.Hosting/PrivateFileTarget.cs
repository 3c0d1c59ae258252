using NLog.Targets;

namespace HpcCr.Hosting;

/// <summary>A log that only its daemon's user may read: it names the jobs, files and connections of all users.</summary>
internal sealed class PrivateFileTarget : FileTarget
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public PrivateFileTarget(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    protected override Stream CreateFileStream(string filePath, int bufferSize)
    {
        var stream = new FileStream(filePath, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = bufferSize,
            UnixCreateMode = Private,
        });
        // One of an earlier version, or of another umask, is everybody's to read.
        File.SetUnixFileMode(stream.SafeFileHandle, Private);
        return stream;
    }
}
