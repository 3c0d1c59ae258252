using Microsoft.Win32.SafeHandles;

namespace HpcCr.Store;

/// <summary>Runs file operations with the identity that owns the store: the job's user, so that a root-squashed file system works.</summary>
public interface IStoreAccess
{
    /// <summary>Runs the operation; what it creates belongs to the user.</summary>
    T Run<T>(Func<T> operation);

    /// <summary>Called before each operation that a disk may refuse; tests make it fail there.</summary>
    /// <exception cref="IOException">It fails.</exception>
    void Before(StoreOperation operation)
    {
    }

    /// <summary>Opens a file of an epoch for reading. Below the folder no link is followed, and nothing but a regular file is opened.</summary>
    /// <param name="folder">Where to begin; may itself be reached through links.</param>
    /// <param name="path">The file, relative to it.</param>
    /// <param name="size">How long it must be, in bytes.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="HpcCr.Core.HpcCrException">There is a link on the way, something else than a file, or another size (damaged).</exception>
    FileStream OpenImage(string folder, string path, long size);

    /// <summary>The inode number of a file of the job; null when there is none, or it cannot be told. Links are followed.</summary>
    ulong? InodeOf(string path) => null;

    /// <summary>Opens a file of the job, which may be anything by now; nothing is waited for.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <param name="access">What for.</param>
    /// <returns>Null when there is nothing.</returns>
    /// <exception cref="IOException">It is something else than a file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    SafeFileHandle? OpenFile(string path, FileAccess access);
}
