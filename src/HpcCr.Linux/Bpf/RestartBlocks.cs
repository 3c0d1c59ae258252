using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>
/// Reads from the kernel which threads were interrupted in a system call that goes on where it was, and until when it was to last. Opened
/// before
/// it matters; one reading takes some microseconds and some nanoseconds for each thread of the node.
/// </summary>
internal sealed class RestartBlocks : IDisposable
{
    private const int RecordBytes = 8 * RestartBlockProgram.Fields;

    private readonly SafeFileHandle _link;

    private RestartBlocks(SafeFileHandle link) => _link = link;

    /// <summary>
    /// Opens it; null where the kernel has no such thing (no BTF, an older kernel, another processor), or root may not (CAP_BPF,
    /// CAP_PERFMON).
    /// </summary>
    public static RestartBlocks? TryOpen()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return null;
        try
        {
            return KernelTypes.Read() is { } types
                && types.FunctionNumber("bpf_iter_task") is { } function
                && RestartBlockProgram.Build(types) is { } program
                ? new RestartBlocks(BpfApi.LoadIterator(program, function))
                : null;
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>Reads them all, those of other jobs and programs too.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public IReadOnlyList<RestartBlock> Read()
    {
        using SafeFileHandle iterator = BpfApi.Iterate(_link);
        using var records = new MemoryStream();
        byte[] buffer = new byte[512 * RecordBytes];
        using (var stream = new FileStream(iterator, FileAccess.Read, bufferSize: 0))
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
                records.Write(buffer, 0, read);
        }

        ReadOnlySpan<byte> bytes = records.GetBuffer().AsSpan(0, (int)records.Length);
        var blocks = new List<RestartBlock>();
        for (; bytes.Length >= RecordBytes; bytes = bytes[RecordBytes..])
            blocks.Add(Parse(bytes));
        return blocks;
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => _link.Dispose();

    private static RestartBlock Parse(ReadOnlySpan<byte> record)
    {
        var f = MemoryMarshal.Cast<byte, ulong>(record[..RecordBytes]);
        return new RestartBlock
        {
            Thread = (int)f[0],
            InnermostThread = (int)f[1],
            Number = (int)f[2],
            InstructionPointer = f[3],
            CodeSegment = f[4],
            StackPointer = f[5],
            Arguments = [f[6], f[7], f[8], f[9]],
            Function = f[10],
            Clock = (int)f[11],
            Expires = (long)f[12],
            FutexTime = (long)f[13],
            PollSeconds = (long)f[14],
            PollNanoseconds = (long)f[15],
            PollHasTimeout = f[16] != 0,
            HasSignal = ((f[18] | f[19]) & ~f[17]) != 0,
        };
    }
}
