using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>What the calling thread's identity may do with a path (faccessat2(2)), without opening it.</summary>
public static partial class FileAccessRights
{
    private const int CurrentDirectory = -100;
    private const int EffectiveIdentity = 0x200;
    private const int Write = 2;

    /// <summary>Whether it may be written: a file's contents, or the names in a folder. Links are followed.</summary>
    public static bool MayWrite(string path) => Check(CurrentDirectory, path, Write, EffectiveIdentity) == 0;

    [LibraryImport("libc", EntryPoint = "faccessat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Check(int folder, string path, int mode, int flags);
}
