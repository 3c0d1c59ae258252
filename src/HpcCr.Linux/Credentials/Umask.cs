using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The permission bits that new files do not get (umask(2)).</summary>
public static partial class Umask
{
    /// <summary>Sets it for the process; on a thread with a mount namespace of its own, for that thread.</summary>
    /// <param name="mask">The bits, such as <c>0x3f</c> for 077.</param>
    /// <returns>The bits before.</returns>
    public static int Set(int mask) => (int)SetMask((uint)mask);

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
