using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>Whether two processes have one memory, as a child of vfork(2) has its parent's until it executes a program (kcmp(2)).</summary>
public static partial class SharedMemory
{
    private const int Memory = 1;

    private static long CallNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 312 : 272;

    /// <summary>Whether they have; false when one of them is gone.</summary>
    public static bool IsOne(int pid, int other) => Compare(CallNumber, pid, other, Memory, 0, 0) == 0;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Compare(long number, long pid, long other, long type, long index, long otherIndex);
}
