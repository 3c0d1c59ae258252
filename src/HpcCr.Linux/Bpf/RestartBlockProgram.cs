using System.Buffers.Binary;

namespace HpcCr.Linux;

/// <summary>
/// The kernel's instructions (bpf(2)) that, called for one thread after the other, write a record of each that was interrupted in a system
/// call
/// which goes on where it was: its registers, and what the kernel has noted for going on (<c>struct restart_block</c>). They only read.
/// </summary>
/// <remarks>x86-64: the offsets of registers are those of <c>struct pt_regs</c>.</remarks>
internal static class RestartBlockProgram
{
    /// <summary>Numbers of 64 bits in a record.</summary>
    public const int Fields = 20;

    private const int RestartBlockError = -516;
    private const int ResultOffset = 80;
    private const int TaskRegisters = 175;
    private const int WriteSequence = 127;
    private const int CurrentTask = 158;
    private const int ReadMemory = 113;

    private const byte Task = 6;
    private const byte Sequence = 7;
    private const byte Registers = 8;
    private const byte Level = 9;
    private const byte Frame = 10;

    // orig_ax, ip, cs, sp, di, si, dx, r10
    private static readonly short[] RegisterOffsets = [120, 128, 136, 152, 112, 104, 96, 56];

    /// <summary>Writes them for this kernel; null when it lacks what they read.</summary>
    public static byte[]? Build(KernelTypes types)
    {
        if (types.Offset("task_struct", "thread_pid") is not { } numbersOf
            || types.Offset("pid", "level") is not { } level
            || types.Offset("pid", "numbers") is not { } numbers
            || types.Size("upid") is not { } numberSize
            || types.Offset("task_struct", "restart_block", "fn") is not { } function
            || types.Offset("task_struct", "restart_block", "nanosleep", "clockid") is not { } clock
            || types.Offset("task_struct", "restart_block", "nanosleep", "expires") is not { } expires
            || types.Offset("task_struct", "restart_block", "futex", "time") is not { } time
            || types.Offset("task_struct", "restart_block", "poll", "tv_sec") is not { } seconds
            || types.Offset("task_struct", "restart_block", "poll", "tv_nsec") is not { } nanoseconds
            || types.Offset("task_struct", "restart_block", "poll", "has_timeout") is not { } hasTimeout
            || types.Offset("task_struct", "blocked") is not { } blocked
            || types.Offset("task_struct", "pending", "signal") is not { } pending
            || types.Offset("task_struct", "signal") is not { } signal
            || types.Offset("signal_struct", "shared_pending", "signal") is not { } shared)
            return null;
        var code = new MemoryStream();
        Emit(code, 0x79, Task, 1, 8);
        Emit(code, 0x79, Sequence, 1, 0);
        Emit(code, 0x79, Sequence, Sequence, 0);
        Emit(code, 0x55, Task, 0, 2);
        Return(code);
        Emit(code, 0xbf, 1, Task);
        Emit(code, 0x85, 0, 0, 0, TaskRegisters);
        Emit(code, 0xbf, Registers, 0);
        Emit(code, 0x79, 1, Registers, ResultOffset);
        Emit(code, 0x15, 1, 0, 2, RestartBlockError);
        Return(code);
        short field = 0;
        // The thread's number in the pid namespace of the reader, and in its own.
        Emit(code, 0x85, 0, 0, 0, CurrentTask);
        Emit(code, 0x79, 1, 0, (short)numbersOf);
        CopyNumber();
        Emit(code, 0x79, 1, Task, (short)numbersOf);
        CopyNumber();
        foreach (short offset in RegisterOffsets)
            Copy(Registers, offset, is64: true);
        Copy(Task, function, is64: true);
        // As 64 bits: another member of the union is a pointer, and the kernel refuses to read a part of one.
        Copy(Task, clock, is64: true);
        Copy(Task, expires, is64: true);
        Copy(Task, time, is64: true);
        Copy(Task, seconds, is64: true);
        Copy(Task, nanoseconds, is64: true);
        Copy(Task, hasTimeout, is64: false);
        Copy(Task, blocked, is64: true);
        Copy(Task, pending, is64: true);
        Emit(code, 0x79, Registers, Task, (short)signal);
        Copy(Registers, shared, is64: true);
        Emit(code, 0xbf, 1, Sequence);
        Emit(code, 0xbf, 2, Frame);
        Emit(code, 0x07, 2, 0, 0, -8 * Fields);
        Emit(code, 0xb7, 3, 0, 0, 8 * Fields);
        Emit(code, 0x85, 0, 0, 0, WriteSequence);
        Return(code);
        return code.ToArray();

        // At the level of the namespace of what register 1 points to.
        void CopyNumber()
        {
            Emit(code, 0x61, Level, 1, (short)level);
            Emit(code, 0x27, Level, 0, 0, numberSize);
            Emit(code, 0x79, 3, Task, (short)numbersOf);
            Emit(code, 0x0f, 3, Level);
            Emit(code, 0x07, 3, 0, 0, numbers);
            short at = (short)((8 * field++) - (8 * Fields));
            Emit(code, 0x7a, Frame, 0, at);
            Emit(code, 0xbf, 1, Frame);
            Emit(code, 0x07, 1, 0, 0, at);
            Emit(code, 0xb7, 2, 0, 0, 4);
            Emit(code, 0x85, 0, 0, 0, ReadMemory);
        }

        void Copy(byte from, int offset, bool is64)
        {
            Emit(code, is64 ? (byte)0x79 : (byte)0x61, 1, from, (short)offset);
            Emit(code, 0x7b, Frame, 1, (short)((8 * field++) - (8 * Fields)));
        }
    }

    private static void Return(MemoryStream code)
    {
        Emit(code, 0xb7, 0, 0);
        Emit(code, 0x95, 0, 0);
    }

    private static void Emit(MemoryStream code, byte operation, byte destination, byte source, short offset = 0, int number = 0)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes[0] = operation;
        bytes[1] = (byte)((source << 4) | destination);
        BinaryPrimitives.WriteInt16LittleEndian(bytes[2..], offset);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], number);
        code.Write(bytes);
    }
}
