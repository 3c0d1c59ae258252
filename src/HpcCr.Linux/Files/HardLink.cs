using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>A second name of a file (link(2)).</summary>
public static partial class HardLink
{
    /// <summary>Gives a file another name.</summary>
    /// <param name="existing">The file; if it is a symbolic link, the link itself gets the name.</param>
    /// <param name="path">The new name.</param>
    /// <returns>False when the file is not there or the file system cannot.</returns>
    public static bool TryCreate(string existing, string path) => Link(existing, path) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);
}
