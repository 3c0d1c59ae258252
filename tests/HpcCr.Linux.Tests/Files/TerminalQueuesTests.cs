using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux.Tests.Files;

public sealed class TerminalQueuesTests
{
    // What the kernel's buffers hold (8 KiB on the way, 4 KiB to be read), less what it rounds up.
    private const int Capacity = 11_000;

    [Fact]
    public void TakeAndPutBack_LeavesOutputAndLinesAsTheyWere()
    {
        using var terminal = PseudoTerminal.Open();
        using var slave = terminal.OpenSlave();
        Write(slave, "out\nput\n");
        Write(terminal.Master, "one\ntwo\nended\u0004begun");
        // The echo of the input comes out as well, in the order in which it was typed.
        var taken = TerminalQueues.Take(terminal.Master, hasSlave: true);
        Assert.StartsWith("out\r\nput\r\none\r\ntwo\r\nended", Text(taken.Output), StringComparison.Ordinal);
        Assert.Equal(["one\n", "two\n", "ended"], taken.Lines.Select(Text));
        Assert.Equal("begun", Text(taken.Begun));
        Assert.False(TerminalQueues.Take(terminal.Master, hasSlave: true).HasData);

        taken.PutBack(terminal.Master);
        var again = TerminalQueues.Take(terminal.Master, hasSlave: true);
        Assert.Equal(taken.Output, again.Output);
        Assert.Equal(taken.Lines, again.Lines);
        Assert.Equal(taken.Begun, again.Begun);
        Assert.False(again.IsHungUp);
    }

    [Fact]
    public void TakeAndPutBack_OfAllThatATerminalHolds_LosesNothing()
    {
        using var terminal = PseudoTerminal.Open();
        using var slave = terminal.OpenSlave();
        for (var i = 0; i < Capacity / 100; i++)
            Write(slave, new string('x', 100));
        var taken = TerminalQueues.Take(terminal.Master, hasSlave: true);
        Assert.Equal(Capacity, taken.Output.Length);
        taken.PutBack(terminal.Master);
        Assert.Equal(taken.Output, TerminalQueues.Take(terminal.Master, hasSlave: true).Output);
    }

    [Fact]
    public void PutBack_OfAHungUpTerminal_HangsItUpBehindItsOutput()
    {
        using var first = PseudoTerminal.Open();
        using (var slave = first.OpenSlave())
            Write(slave, "last\n");
        var taken = TerminalQueues.Take(first.Master, hasSlave: false);
        Assert.True(taken.IsHungUp);
        Assert.Equal("last\r\n", Text(taken.Output));

        using var second = PseudoTerminal.Open();
        taken.PutBack(second.Master);
        var again = TerminalQueues.Take(second.Master, hasSlave: false);
        Assert.True(again.IsHungUp);
        Assert.Equal(taken.Output, again.Output);
    }

    [Fact]
    public void Take_WhereNobodyHasOpenedTheOtherSideYet_DoesNotHangItUp()
    {
        using var terminal = PseudoTerminal.Open();
        Assert.True(TerminalQueues.Take(terminal.Master, hasSlave: false).IsEmpty);
        Assert.False(TerminalQueues.Take(terminal.Master, hasSlave: false).IsHungUp);
    }

    private static string Text(byte[] bytes) => Encoding.ASCII.GetString(bytes);

    private static void Write(SafeFileHandle terminal, string text)
    {
        using var lent = new SafeFileHandle(terminal.DangerousGetHandle(), ownsHandle: false);
        using var stream = new FileStream(lent, FileAccess.Write, bufferSize: 0);
        stream.Write(Encoding.ASCII.GetBytes(text));
    }
}
