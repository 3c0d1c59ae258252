using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>Finds programs as a shell does.</summary>
public static partial class ProgramPath
{
    private const int Executable = 1;
    private const string Default = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>The file that a program name stands for, seen from the calling thread's mount namespace.</summary>
    /// <param name="program">A name to look up, or a path (has a slash), which is returned as it is.</param>
    /// <param name="searchPath">Folders separated by colons; null: the usual system folders.</param>
    /// <returns>The path of the first executable found.</returns>
    /// <exception cref="LinuxException">ENOENT: no folder has it; EACCES: found, but not executable.</exception>
    public static string Resolve(string program, string? searchPath)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return program;
        int errno = Errno.ENOENT;
        foreach (string folder in (searchPath ?? Default).Split(':'))
        {
            string candidate = Path.Combine(folder.Length == 0 ? "." : folder, program);
            if (Directory.Exists(candidate))
                continue;
            if (Access(candidate, Executable) == 0)
                return candidate;
            if (Marshal.GetLastPInvokeError() == Errno.EACCES)
                errno = Errno.EACCES;
        }

        throw new LinuxException($"exec({program} in {searchPath ?? Default})", errno);
    }

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
