namespace HpcCr.Criu.Images;

/// <summary>A system call that a thread of the images was in and that it enters once more when it is restored.</summary>
/// <param name="Thread">The thread, as the images number it.</param>
/// <param name="InstructionPointer">Behind the instruction that made the call.</param>
/// <param name="StackPointer">The thread's stack.</param>
/// <param name="Number">The call.</param>
/// <param name="Argument">Which argument changes (0 to 3: rdi, rsi, rdx, r10); -1: none.</param>
/// <param name="Value">What it becomes.</param>
public sealed record CallEntry(int Thread, ulong InstructionPointer, ulong StackPointer, int Number, int Argument = -1, ulong Value = 0);
