namespace HpcCr.Linux;

/// <summary>What must outlive a crash of the node (fsync(2)).</summary>
public static class Durable
{
    /// <summary>Makes the names in a folder durable: what was made, renamed or removed in it.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="LinuxException">ENOTDIR, ENOENT; EIO: it is not durable.</exception>
    public static void SyncDirectory(string path)
    {
        using var handle = FileApi.Open(path, FileApi.DirectoryOnly);
        FileApi.Sync(handle, path);
    }

    /// <summary>Makes a file's contents durable (its name is the folder's: <see cref="SyncDirectory"/>).</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LinuxException">ENOENT; EIO: it is not durable.</exception>
    public static void SyncFile(string path)
    {
        using var handle = FileApi.Open(path, 0);
        FileApi.Sync(handle, path);
    }
}
