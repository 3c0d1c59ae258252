using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>Puts the time that an interrupted call has left into its thread's memory (process_vm_writev(2)).</summary>
internal static unsafe partial class CallTime
{
    /// <summary>Puts it there.</summary>
    /// <returns>False when that memory cannot be written; true also when the call reads no time from memory.</returns>
    public static bool Put(InterruptedCall call, long now)
    {
        if (call.Argument < 0 || !call.IsPointer)
            return true;
        long left = call.Remaining(now);
        Span<byte> time = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(time, left / 1_000_000_000);
        BinaryPrimitives.WriteInt64LittleEndian(time[8..], left % 1_000_000_000);
        fixed (byte* from = time)
        {
            var local = new Vector { Base = (nint)from, Length = time.Length };
            var remote = new Vector { Base = (nint)call.Scratch, Length = time.Length };
            return WriteMemory(call.Thread, &local, 1, &remote, 1, 0) == time.Length;
        }
    }

    [LibraryImport("libc", EntryPoint = "process_vm_writev", SetLastError = true)]
    private static partial nint WriteMemory(int pid, Vector* local, nuint localCount, Vector* remote, nuint remoteCount, nuint flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public nint Base;
        public nint Length;
    }
}
