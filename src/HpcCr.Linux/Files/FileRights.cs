using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>
/// What the calling thread may do with a file, asked of the kernel without opening it (faccessat2(2)). In the work of a
/// <see cref="UserThread"/> it is what the user may do.
/// </summary>
public static partial class FileRights
{
    private const int CurrentDirectory = -100;
    private const int EffectiveIds = 0x200;
    private const int Execute = 1;
    private const int Write = 2;
    private const int Read = 4;
    private const int PathOnly = 0x200000;

    /// <summary>Whether the file may be used; links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">Reading is meant.</param>
    /// <param name="write">Writing is meant.</param>
    /// <param name="execute">Running it, or for a folder going through it, is meant.</param>
    public static bool May(string path, bool read = false, bool write = false, bool execute = false) =>
        Access(CurrentDirectory, path, (read ? Read : 0) | (write ? Write : 0) | (execute ? Execute : 0), EffectiveIds) == 0;

    /// <summary>Takes hold of a file without opening it: what was looked at then stays what is meant, whatever becomes of its name.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A handle, and its path for <see cref="May"/>; null when it is gone.</returns>
    public static SafeFileHandle? Hold(string path)
    {
        try
        {
            return FileApi.Open(path, PathOnly);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>The path of a held file.</summary>
    /// <param name="file">What <see cref="Hold"/> gave.</param>
    public static string PathOf(SafeFileHandle file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return $"/proc/self/fd/{file.DangerousGetHandle()}";
    }

    [LibraryImport("libc", EntryPoint = "faccessat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(int folder, string path, int mode, int flags);
}
