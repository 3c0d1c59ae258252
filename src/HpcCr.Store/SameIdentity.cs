using Microsoft.Win32.SafeHandles;

namespace HpcCr.Store;

/// <summary>The process's own identity.</summary>
public sealed class SameIdentity : IStoreAccess
{
    /// <inheritdoc/>
    public T Run<T>(Func<T> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return operation();
    }

    /// <inheritdoc/>
    /// <remarks>Looks first and opens then: for folders that nobody changes meanwhile.</remarks>
    public FileStream OpenImage(string folder, string path, long size)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (ImagePath.FaultOf(folder, path) is { } fault)
            throw ImagePath.Damaged(folder, path, fault);
        // What is no regular file has no length, and to open a pipe would be to wait for a writer.
        return new FileInfo(Path.Combine(folder, path)) is { Exists: true } info && info.Length != size
            ? throw ImagePath.OtherSize(folder, path, info.Length, size)
            : new FileStream(Path.Combine(folder, path), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, BufferSize = 0, Options = FileOptions.SequentialScan });
    }

    /// <inheritdoc/>
    /// <remarks>Looks first and opens then, as above.</remarks>
    public SafeFileHandle? OpenFile(string path, FileAccess access) => !Path.Exists(path) ? null
        : File.Exists(path) && (File.GetAttributes(path) & FileAttributes.Device) == 0 ? File.OpenHandle(path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete)
        : throw new IOException($"{path} is no file");
}
