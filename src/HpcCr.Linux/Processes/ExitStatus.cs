namespace HpcCr.Linux;

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code, 0 to 255; 0 when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0 when it exited by itself.</param>
public readonly record struct ExitStatus(int Code, int Signal)
{
    /// <summary>The status as a shell reports it: the code, or 128 + the signal.</summary>
    public int ShellCode => Signal == 0 ? Code : 128 + Signal;

    /// <summary>Whether the process exited by itself with code 0.</summary>
    public bool IsSuccess => Code == 0 && Signal == 0;

    /// <summary>Reads the status word of wait(2).</summary>
    /// <param name="status">The word: the code in its second byte, or the signal in the lower seven bits.</param>
    public static ExitStatus FromWait(int status) => (status & 0x7f) is var signal and not 0 ? new(0, signal) : new((status >> 8) & 0xff, 0);

    /// <inheritdoc/>
    public override string ToString() => Signal == 0 ? $"exit code {Code}" : $"signal {Signal}";
}
