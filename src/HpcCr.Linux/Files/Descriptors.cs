namespace HpcCr.Linux;

/// <summary>Descriptors by number, for a process about to become another program.</summary>
public static class Descriptors
{
    /// <summary>Opens a file onto a fixed number, which what is executed next inherits. What the number stood for is closed.</summary>
    /// <param name="targetFd">The number: 0, 1, 2 or above.</param>
    /// <param name="path">The file, seen from the calling thread's mount namespace.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="mode">The permissions of a file that is made, less the umask.</param>
    /// <exception cref="LinuxException">EACCES, ENOENT, EEXIST, ...</exception>
    public static void OpenAt(int targetFd, string path, OpenFor flags, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var handle = FileApi.Open(path, (int)flags, (uint)mode);
        if (Descriptor.Number(handle) == targetFd)
        {
            // The number was free and open gave just it: it stays open, though the handle forgets it.
            FileApi.SetCloseOnExec(targetFd, closed: false);
            handle.SetHandleAsInvalid();
            return;
        }

        using (handle)
            FileApi.DuplicateOnto(handle, targetFd);
    }

    /// <summary>Opens a file; close-on-exec.</summary>
    /// <param name="path">The file, seen from the calling thread's mount namespace.</param>
    /// <param name="flags">How to open it.</param>
    /// <param name="mode">The permissions of a file that is made, less the umask.</param>
    /// <returns>The descriptor, to be disposed by the caller.</returns>
    /// <exception cref="LinuxException">EACCES, ENOENT, EEXIST, ...</exception>
    public static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path, OpenFor flags, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite) =>
        FileApi.Open(path, (int)flags, (uint)mode);

    /// <summary>Has a descriptor closed in whatever is executed from now on.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <exception cref="LinuxException">EBADF.</exception>
    public static void SetCloseOnExec(int fd) => FileApi.SetCloseOnExec(fd, closed: true);

    /// <summary>Has a descriptor stay open in whatever is executed from now on.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <exception cref="LinuxException">EBADF.</exception>
    public static void Inherit(int fd) => FileApi.SetCloseOnExec(fd, closed: false);
}
