using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>poll(2) on one descriptor.</summary>
internal static partial class PollApi
{
    private const short Readable = 0x1;
    private const short Urgent = 0x2;
    private const short Writable = 0x4;
    private const short HangUp = 0x10;

    internal static bool IsReadable(SafeHandle file) => (Look(file, Readable, 0) & Readable) != 0;

    internal static bool IsHungUp(SafeHandle file) => (Look(file, 0, 0) & HangUp) != 0;

    internal static void WaitWritable(SafeHandle file, int milliseconds) => Look(file, Writable, milliseconds);

    internal static bool WaitUrgent(SafeHandle file, int milliseconds) => (Look(file, Urgent, milliseconds) & Urgent) != 0;

    private static short Look(SafeHandle file, short events, int milliseconds)
    {
        var entry = new Entry { Descriptor = Descriptor.Number(file), Wanted = events };
        return Poll(ref entry, 1, milliseconds) > 0 ? entry.Found : (short)0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref Entry entry, nuint count, int milliseconds);
}
