using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Criu;

/// <summary>
/// The images folder, held open while the engine works: it resolves our descriptor, so a folder renamed or replaced meanwhile
/// cannot lead it astray. .NET opens no folders; this is the only system call of this project (which must not need HpcCr.Linux).
/// </summary>
internal sealed partial class ImagesFolder : IDisposable
{
    private const int ReadOnlyDirectoryCloseOnExec = 0x0 | 0x10000 | 0x80000;
    private readonly SafeFileHandle _handle;

    private ImagesFolder(SafeFileHandle handle) => _handle = handle;

    /// <summary>Its number in this process.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Opens it.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>The open folder.</returns>
    /// <exception cref="DirectoryNotFoundException">It is not there, not a folder, or not ours to open.</exception>
    public static ImagesFolder Open(string path)
    {
        var handle = OpenPath(path, ReadOnlyDirectoryCloseOnExec);
        if (!handle.IsInvalid) return new ImagesFolder(handle);
        var reason = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        throw new DirectoryNotFoundException($"the images folder {path} cannot be opened: {reason}");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenPath(string path, int flags);
}
