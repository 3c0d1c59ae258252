using HpcCr.Linux;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Store;

/// <summary>Opens files that others may change meanwhile, as whoever calls: regular files only, without waiting for anybody.</summary>
public static class SafeFiles
{
    /// <summary>As <see cref="IStoreAccess.OpenImage"/>.</summary>
    public static FileStream OpenImage(string folder, string path, long size)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var stream = new FileStream(FileBeneath.OpenRegular(folder, path), FileAccess.Read, bufferSize: 0);
            if (stream.Length == size)
                return stream;
            var fault = ImagePath.OtherSize(folder, path, stream.Length, size);
            stream.Dispose();
            throw fault;
        }
        catch (LinuxException e)
        {
            throw e.Errno switch
            {
                Errno.ELOOP or Errno.EXDEV => ImagePath.Damaged(folder, path, "is a link, or behind one"),
                Errno.EINVAL => ImagePath.Damaged(folder, path, "is no file"),
                Errno.ENOENT or Errno.ENOTDIR => new FileNotFoundException(e.Message, Path.Combine(folder, path)),
                Errno.EACCES => new UnauthorizedAccessException(e.Message),
                _ => e,
            };
        }
    }

    /// <summary>As <see cref="IStoreAccess.OpenFile"/>.</summary>
    public static SafeFileHandle? OpenFile(string path, FileAccess access)
    {
        try
        {
            return RegularFile.Open(path, access);
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }
        catch (LinuxException e) when (e.Errno is Errno.EACCES or Errno.EROFS)
        {
            throw new UnauthorizedAccessException($"{path} may not be opened by the job's user", e);
        }
        catch (LinuxException e) when (e.Errno is Errno.EINVAL or Errno.ENXIO)
        {
            throw new IOException($"{path} is no file", e);
        }
    }
}
