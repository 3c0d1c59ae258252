using System.Globalization;

namespace HpcCr.Linux;

/// <summary>What /proc says of one thread: its number in its own pid namespace, and whether a signal waits for it.</summary>
public static class ThreadNumbers
{
    /// <summary>The number of a thread in the innermost pid namespace that it lives in.</summary>
    /// <param name="thread">The thread.</param>
    /// <returns>Null when it is gone.</returns>
    public static int? Innermost(int thread) => ProcFs.InnermostOf(thread, "NSpid:");

    /// <summary>Whether a signal waits for a thread or its process that the thread does not block.</summary>
    /// <param name="thread">The thread.</param>
    public static bool HasSignal(int thread)
    {
        string path = $"/proc/{thread}/status";
        return ((Bits(path, "SigPnd:") | Bits(path, "ShdPnd:")) & ~Bits(path, "SigBlk:")) != 0;
    }

    private static ulong Bits(string path, string label) =>
        ProcFs.StatusField(path, label) is { } text ? ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : 0;
}
