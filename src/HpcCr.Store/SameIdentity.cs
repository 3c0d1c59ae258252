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
    public FileStream OpenImage(string folder, string path, long size) => SafeFiles.OpenImage(folder, path, size);

    /// <inheritdoc/>
    public SafeFileHandle? OpenFile(string path, FileAccess access) => SafeFiles.OpenFile(path, access);
}
