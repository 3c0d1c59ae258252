namespace HpcCr.Linux.Tests.Files;

public sealed class PseudoTerminalTests
{
    [Fact]
    public void WhatIsWrittenToTheSlave_ComesOutOfTheMaster()
    {
        using var terminal = PseudoTerminal.Open();
        using var slave = new FileStream(terminal.OpenSlave(), FileAccess.Write, bufferSize: 0);
        Assert.Equal(0, terminal.Waiting);
        slave.Write("hello"u8);
        // The kernel passes it on in its own time.
        Assert.True(SpinWait.SpinUntil(() => terminal.Waiting == 5, TimeSpan.FromSeconds(10)));
        var buffer = new byte[16];
        using var master = new FileStream(terminal.Master, FileAccess.Read, bufferSize: 0);
        Assert.Equal(5, master.Read(buffer));
        Assert.Equal("hello"u8, buffer.AsSpan(0, 5));
        Assert.NotEqual(0ul, DeviceNumbers.Of(terminal.SlavePath)?.Special);
    }
}
