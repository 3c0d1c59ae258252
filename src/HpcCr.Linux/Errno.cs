namespace HpcCr.Linux;

/// <summary>Error numbers that code here decides by (asm-generic numbering).</summary>
public static class Errno
{
    /// <summary>Operation not permitted (EPERM).</summary>
    public const int EPERM = 1;

    /// <summary>No such file or folder (ENOENT).</summary>
    public const int ENOENT = 2;

    /// <summary>No such process (ESRCH).</summary>
    public const int ESRCH = 3;

    /// <summary>Interrupted by a signal (EINTR).</summary>
    public const int EINTR = 4;

    /// <summary>Input/output error (EIO).</summary>
    public const int EIO = 5;

    /// <summary>Not an open descriptor (EBADF).</summary>
    public const int EBADF = 9;

    /// <summary>No such child (ECHILD).</summary>
    public const int ECHILD = 10;

    /// <summary>Try again (EAGAIN).</summary>
    public const int EAGAIN = 11;

    /// <summary>Out of memory (ENOMEM).</summary>
    public const int ENOMEM = 12;

    /// <summary>Permission denied (EACCES).</summary>
    public const int EACCES = 13;

    /// <summary>Busy (EBUSY).</summary>
    public const int EBUSY = 16;

    /// <summary>Exists already (EEXIST).</summary>
    public const int EEXIST = 17;

    /// <summary>Leads to another file system, or out of a folder (EXDEV).</summary>
    public const int EXDEV = 18;

    /// <summary>A pipe that nobody reads, or a device that is not there (ENXIO).</summary>
    public const int ENXIO = 6;

    /// <summary>An argument list or request is too long (E2BIG).</summary>
    public const int E2BIG = 7;

    /// <summary>No such device (ENODEV).</summary>
    public const int ENODEV = 19;

    /// <summary>Not a folder (ENOTDIR).</summary>
    public const int ENOTDIR = 20;

    /// <summary>Invalid argument (EINVAL).</summary>
    public const int EINVAL = 22;

    /// <summary>Too large (EFBIG).</summary>
    public const int EFBIG = 27;

    /// <summary>No space left (ENOSPC).</summary>
    public const int ENOSPC = 28;

    /// <summary>Read-only file system (EROFS).</summary>
    public const int EROFS = 30;

    /// <summary>Result too large for the buffer (ERANGE).</summary>
    public const int ERANGE = 34;

    /// <summary>The kernel has no such call (ENOSYS).</summary>
    public const int ENOSYS = 38;

    /// <summary>Folder not empty (ENOTEMPTY).</summary>
    public const int ENOTEMPTY = 39;

    /// <summary>A symbolic link where none may be (ELOOP).</summary>
    public const int ELOOP = 40;

    /// <summary>No such option of a socket (ENOPROTOOPT).</summary>
    public const int ENOPROTOOPT = 92;

    /// <summary>Not supported (EOPNOTSUPP).</summary>
    public const int EOPNOTSUPP = 95;
}
