using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>
/// What waits in a terminal (pty(7)) to be read, in both directions. It can be had only by reading it; what was read is written again on the other side, with the terminal's
/// processing switched off meanwhile, so that nothing is echoed, signalled or converted a second time. Nobody else may use the terminal meanwhile.
/// </summary>
/// <param name="IsHungUp">Nobody has the slave open any more: the master reads what is left, and then EIO.</param>
/// <param name="Output">What the master can read.</param>
/// <param name="Lines">What the slave can read: whole lines, each with its end or ended by ^D; without canonical mode all that there is.</param>
/// <param name="Begun">In canonical mode, the beginning of a line.</param>
public sealed record TerminalQueues(bool IsHungUp, byte[] Output, IReadOnlyList<byte[]> Lines, byte[] Begun)
{
    // The kernel moves bytes on in a work queue; a terminal takes as much as it held before.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // A terminal holds less. What comes in all the time is written by somebody else.
    private const int MaximumBytes = 128 << 10;

    /// <summary>Whether there is nothing to put back.</summary>
    public bool IsEmpty => !IsHungUp && !HasData;

    /// <summary>Whether anything waited.</summary>
    public bool HasData => Output.Length + Lines.Count + Begun.Length > 0;

    /// <summary>Reads all of it, and leaves the terminal empty.</summary>
    /// <param name="master">The terminal's controlling side.</param>
    /// <param name="hasSlave">Whether somebody has its other side open. To open and close that side where nobody has had it yet would hang the terminal up.</param>
    /// <exception cref="LinuxException">The other side cannot be opened; nothing was read.</exception>
    public static TerminalQueues Take(SafeFileHandle master, bool hasSlave)
    {
        var isHungUp = PollApi.IsHungUp(master);
        if (!isHungUp && !hasSlave)
            return new TerminalQueues(false, [], [], []);
        using var slave = isHungUp ? null : TerminalApi.OpenSlave(master);
        var (lines, begun) = slave is null ? ([], []) : TakeInput(slave);
        var isInPacketMode = TerminalApi.IsInPacketMode(master);
        if (isInPacketMode)
            TerminalApi.SetPacketMode(master, on: false);
        var output = ReadAll(master);
        if (isInPacketMode)
            TerminalApi.SetPacketMode(master, on: true);
        return new TerminalQueues(isHungUp, output, lines, begun);
    }

    /// <summary>Puts all of it back, and hangs the terminal up where it was.</summary>
    /// <param name="master">The terminal's controlling side; empty.</param>
    /// <exception cref="LinuxException">It is no terminal that can be opened from there.</exception>
    /// <exception cref="TimeoutException">It does not take as much.</exception>
    public void PutBack(SafeFileHandle master)
    {
        if (IsEmpty)
            return;
        using var slave = TerminalApi.OpenSlave(master);
        if (!HasData)
            return;
        var settings = TerminalApi.Settings(slave);
        var isInPacketMode = TerminalApi.IsInPacketMode(master);
        var (endOfFile, stop) = settings.Unused(Lines.SelectMany(line => line).Concat(Begun));
        var passing = settings.IsCanonical ? settings.Lines(endOfFile) : settings.Raw();
        try
        {
            TerminalApi.SetPacketMode(master, on: false);
            TerminalApi.Set(slave, passing);
            WriteOutput(slave);
            TerminalApi.SetPacketMode(master, on: true);
            TerminalApi.Set(slave, passing.StoppedBy(stop));
            foreach (var line in Lines)
                Write(master, settings.IsCanonical && (line.Length == 0 || !settings.Ends(line[^1])) ? [.. line, endOfFile] : line);
            Write(master, Begun);
            WaitUntilPassed(master, stop);
        }
        finally
        {
            // The output goes on where it may not be stopped any more.
            TerminalApi.Set(slave, passing);
            TerminalApi.Set(slave, settings);
            TerminalApi.SetPacketMode(master, on: false);
            if (isInPacketMode)
                TerminalApi.SetPacketMode(master, on: true);
        }
    }

    // The kernel passes input on in a work queue, under the settings of that moment. Behind all of it comes a character that stops the output, which the master is told of.
    private void WaitUntilPassed(SafeFileHandle master, byte stop)
    {
        if (Lines.Count + Begun.Length == 0 || stop == 0)
            return;
        Write(master, [stop]);
        if (!PollApi.WaitUrgent(master, (int)Patience.TotalMilliseconds))
            throw new TimeoutException("a terminal does not take in what was in it");
    }

    private static (List<byte[]> Lines, byte[] Begun) TakeInput(SafeFileHandle slave)
    {
        if (TerminalApi.Discipline(slave) != 0)
            return ([], []);
        var settings = TerminalApi.Settings(slave);
        if (!settings.IsCanonical)
            return PollApi.IsReadable(slave) ? ([ReadAll(slave)], []) : ([], []);
        var lines = new List<byte[]>();
        for (var left = MaximumBytes; left > 0 && TerminalApi.ReadOnce(slave) is { } line; left -= line.Length + 1)
            lines.Add(line);
        // What follows the last whole line shows only without canonical mode. To leave that makes one line of what is there, and so it must be taken out first.
        TerminalApi.Set(slave, settings.Raw());
        var begun = ReadAll(slave);
        TerminalApi.Set(slave, settings);
        return (lines, begun);
    }

    private static byte[] ReadAll(SafeFileHandle terminal)
    {
        var all = new List<byte>();
        while (all.Count < MaximumBytes && PollApi.IsReadable(terminal) && TerminalApi.ReadOnce(terminal) is { Length: > 0 } more)
            all.AddRange(more);
        return [.. all];
    }

    // Output that a program has stopped (tcflow(3)) takes nothing.
    private void WriteOutput(SafeFileHandle slave)
    {
        if (Output.Length == 0)
            return;
        var isStopped = TerminalApi.WriteOnce(slave, Output.AsSpan(0, 1)) == 0;
        if (isStopped)
            TerminalApi.SetFlow(slave, on: true);
        Write(slave, isStopped ? Output : Output.AsSpan(1));
        if (isStopped)
            TerminalApi.SetFlow(slave, on: false);
    }

    private static void Write(SafeFileHandle terminal, ReadOnlySpan<byte> bytes)
    {
        var began = Stopwatch.GetTimestamp();
        while (bytes.Length > 0)
        {
            var count = TerminalApi.WriteOnce(terminal, bytes);
            bytes = bytes[count..];
            if (count > 0)
                continue;
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"a terminal does not take back {bytes.Length} bytes that were in it");
            PollApi.WaitWritable(terminal, 1);
        }
    }
}
