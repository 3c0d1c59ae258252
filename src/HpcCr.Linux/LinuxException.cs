using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>A system call failed: which one, on what, and with which errno.</summary>
public sealed class LinuxException : IOException
{
    /// <summary>Describes a failed call.</summary>
    /// <param name="call">The call as in its man page, with what it worked on: <c>open(/etc/shadow)</c>.</param>
    /// <param name="errno">The error number the kernel gave (positive).</param>
    public LinuxException(string call, int errno)
        : base($"{call} failed: {Marshal.GetPInvokeErrorMessage(errno)} ({Linux.ErrnoName.Of(errno)})", errno)
    {
        Call = call;
        Errno = errno;
    }

    /// <summary>The call that failed, with what it worked on.</summary>
    public string Call { get; }

    /// <summary>The error number (positive, as in errno(3)).</summary>
    public int Errno { get; }

    /// <summary>The symbol of <see cref="Errno"/>: <c>EACCES</c>; <c>errno 599</c> where it has none.</summary>
    public string ErrnoName => Linux.ErrnoName.Of(Errno);

    /// <summary>The exception for what the last <c>LibraryImport</c> call with <c>SetLastError</c> left behind.</summary>
    /// <param name="call">The call, with what it worked on.</param>
    /// <returns>The exception, to be thrown by the caller.</returns>
    public static LinuxException Last(string call) => new(call, Marshal.GetLastPInvokeError());
}
