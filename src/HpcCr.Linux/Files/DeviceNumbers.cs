using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The device numbers of a file, looked at without opening it (statx(2)), packed as stat(2) gives them.</summary>
/// <param name="Device">Of the file system that it is on.</param>
/// <param name="Special">Of the device that it stands for; 0 for what is none.</param>
public readonly unsafe partial record struct DeviceNumbers(ulong Device, ulong Special)
{
    private const int CurrentDirectory = -100;
    private const uint TypeAndMode = 0x3;
    private const int StatxBytes = 256;
    private const int SpecialOffset = 128;
    private const int DeviceOffset = 136;

    /// <summary>Looks at a file; links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Null when there is none.</returns>
    public static DeviceNumbers? Of(string path)
    {
        var buffer = stackalloc byte[StatxBytes];
        return Statx(CurrentDirectory, path, 0, TypeAndMode, buffer) == 0 ? new(At(buffer + DeviceOffset), At(buffer + SpecialOffset)) : null;
    }

    private static ulong At(byte* pair)
    {
        ulong major = *(uint*)pair;
        ulong minor = *(uint*)(pair + 4);
        return ((major & 0xfff) << 8) | (minor & 0xff) | ((minor & ~0xfful) << 12) | ((major & ~0xffful) << 32);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
