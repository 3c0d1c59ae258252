using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>struct termios of the kernel (asm-generic/termbits.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TerminalSettings
{
    private const uint Canonical = 0x2;
    private const uint StopsOutput = 0x400;
    private const int Stop = 9;
    private const int EndOfFile = 4;
    private const int Time = 5;
    private const int Minimum = 6;
    private const int EndOfLine = 11;
    private const int SecondEndOfLine = 16;
    private const int Characters = 19;

    private uint _input;
    private uint _output;
    private readonly uint _control;
    private uint _local;
    private readonly byte _discipline;
    private fixed byte _characters[Characters];

    /// <summary>Whether reads give whole lines.</summary>
    internal readonly bool IsCanonical => (_local & Canonical) != 0;

    /// <summary>Bytes pass as they are, in both directions, without echo or signals.</summary>
    internal readonly TerminalSettings Raw()
    {
        var raw = this;
        (raw._input, raw._output, raw._local) = (0, 0, 0);
        raw._characters[Time] = raw._characters[Minimum] = 0;
        return raw;
    }

    /// <summary>The same, but for the ends of lines: those that it has now, and a character of our choice in the place of ^D.</summary>
    internal readonly TerminalSettings Lines(byte endOfFile)
    {
        var lines = this;
        (lines._input, lines._output, lines._local) = (0, 0, Canonical);
        for (var i = 0; i < Characters; i++)
            if (i is not (EndOfLine or SecondEndOfLine))
                lines._characters[i] = 0;
        lines._characters[EndOfFile] = endOfFile;
        return lines;
    }

    /// <summary>The same, with a character that stops the output and is no input.</summary>
    internal readonly TerminalSettings StoppedBy(byte character)
    {
        var stopped = this;
        stopped._input |= StopsOutput;
        stopped._characters[Stop] = character;
        return stopped;
    }

    /// <summary>Whether a line that ends so is at its end.</summary>
    internal readonly bool Ends(byte last) =>
        last == '\n' || (last != 0 && (last == _characters[EndOfLine] || last == _characters[SecondEndOfLine]));

    /// <summary>Two characters that occur nowhere in the input and end no line; 0, which is none, where there are no more.</summary>
    internal readonly (byte First, byte Second) Unused(IEnumerable<byte> input)
    {
        var used = input.ToHashSet();
        var unused = new List<byte>();
        for (var candidate = 1; candidate <= byte.MaxValue && unused.Count < 2; candidate++)
            if (!used.Contains((byte)candidate) && !Ends((byte)candidate))
                unused.Add((byte)candidate);
        return (unused.FirstOrDefault(), unused.ElementAtOrDefault(1));
    }
}
