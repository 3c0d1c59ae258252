using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>Files that are seen whole or not at all, also after a crash.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file under a temporary name beside it, makes it durable, renames it into place, and makes the rename durable.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="bytes">Its contents.</param>
    /// <param name="mode">Its permissions, whatever the umask is.</param>
    /// <exception cref="LinuxException">A step failed; nothing is left behind, and an older file is as it was.</exception>
    /// <exception cref="IOException">The same, for writing and renaming.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full)!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");

        // Born without any permission for others, so that nobody can open it before it has its mode.
        SafeFileHandle handle = FileApi.Open(temporary, FileApi.WriteOnly | FileApi.CreateNew, (uint)(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        try
        {
            using (handle)
            {
                RandomAccess.Write(handle, bytes, 0);
                FileApi.SetMode(handle, (uint)mode, temporary);
                FileApi.Sync(handle, temporary);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        Durable.SyncDirectory(folder);
    }
}
