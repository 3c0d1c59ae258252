using System.Globalization;

namespace HpcCr.Criu.Images;

/// <summary>
/// The system calls that the threads of a dump were in: core-TID.img, x86-64. Of those that go on where they were the engine
/// makes an end with EINTR (compel); here they are entered once more.
/// </summary>
public static class CallsImage
{
    private const string Prefix = "core-";
    private const int MachineField = 1;
    private const ulong X86 = 1;
    private const int ThreadInfo = 2;
    private const int GeneralRegisters = 2;
    private const int InstructionBytes = 2;
    private const int Interrupted = -4;

    // UserX86RegsEntry
    private const int R10 = 8;
    private const int Result = 11;
    private const int Rdx = 13;
    private const int Rsi = 14;
    private const int Rdi = 15;
    private const int Number = 16;
    private const int InstructionPointer = 17;
    private const int CodeSegment = 18;
    private const int StackPointer = 20;
    private const ulong LongMode = 0x33;
    private static readonly int[] Arguments = [Rdi, Rsi, Rdx, R10];

    /// <summary>Finds the threads of 64 bits that the engine has told EINTR in one of some calls.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <param name="isWanted">Tells by a call's number.</param>
    /// <exception cref="ImageFormatException">An image is damaged.</exception>
    public static IReadOnlyList<CallEntry> FindInterrupted(string imagesFolder, Func<long, bool> isWanted)
    {
        ArgumentNullException.ThrowIfNull(isWanted);
        var found = new List<CallEntry>();
        foreach (var path in ImageFolder.Paths(imagesFolder, Prefix + "*.img"))
        {
            var (_, core) = Open(path);
            if (RegistersOf(core) is { } registers && (int)(registers.GetVarint(Result) ?? 0) == Interrupted
                && registers.GetVarint(CodeSegment) == LongMode
                && (long)(registers.GetVarint(Number) ?? ulong.MaxValue) is var number && isWanted(number))
            {
                found.Add(new CallEntry(
                    ThreadOf(path), registers.GetVarint(InstructionPointer) ?? 0, registers.GetVarint(StackPointer) ?? 0, (int)number));
            }
        }

        return found;
    }

    /// <summary>Has the threads enter their calls once more. A thread whose image says something else by now is left as it is.</summary>
    /// <param name="imagesFolder">The images folder.</param>
    /// <param name="calls">The calls.</param>
    /// <returns>How many threads enter theirs.</returns>
    /// <exception cref="ImageFormatException">An image is damaged.</exception>
    public static int Reenter(string imagesFolder, IEnumerable<CallEntry> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        return calls.Count(call => Reenter(Path.Combine(imagesFolder, $"{Prefix}{call.Thread}.img"), call));
    }

    private static bool Reenter(string path, CallEntry call)
    {
        if (!File.Exists(path))
            return false;
        var (document, core) = Open(path);
        if (RegistersOf(core) is not { } registers || (int)(registers.GetVarint(Result) ?? 0) != Interrupted
            || registers.GetVarint(InstructionPointer) != call.InstructionPointer || registers.GetVarint(StackPointer) != call.StackPointer)
            return false;
        registers.SetVarint(Result, (ulong)call.Number);
        registers.SetVarint(InstructionPointer, call.InstructionPointer - InstructionBytes);
        if (call.Argument >= 0)
            registers.SetVarint(Arguments[call.Argument], call.Value);
        var info = core.GetMessage(ThreadInfo)!;
        info.SetMessage(GeneralRegisters, registers);
        core.SetMessage(ThreadInfo, info);
        document.Entries[0] = document.Entries[0] with { Message = core.ToArray() };
        document.Replace(path);
        return true;
    }

    private static (ImageDocument Document, WireMessage Core) Open(string path) => ImageFault.Named(path, () =>
    {
        var document = ImageDocument.Read(path, ImageMagic.Core);
        return document.Entries.Count == 1
            ? (document, WireMessage.Parse(document.Entries[0].Message))
            : throw new ImageFormatException($"has {document.Entries.Count} entries instead of one");
    });

    // A process that has ended has none.
    private static WireMessage? RegistersOf(WireMessage core) =>
        core.GetVarint(MachineField) == X86 ? core.GetMessage(ThreadInfo)?.GetMessage(GeneralRegisters) : null;

    private static int ThreadOf(string path) =>
        int.Parse(Path.GetFileNameWithoutExtension(path)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture);
}
