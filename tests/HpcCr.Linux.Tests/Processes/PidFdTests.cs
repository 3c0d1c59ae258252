namespace HpcCr.Linux.Tests.Processes;

public sealed class PidFdTests
{
    [Fact]
    public async Task GetFd_OfAnotherProcess_SharesItsOpenFile()
    {
        Needs.Root();
        using var folder = new TestFolder();
        using ChildProcess child = Shell.StartInto(folder["out"], ["/bin/sleep", "1000"]);

        using (var stream = new FileStream(child.PidFd.GetFd(1), FileAccess.Write))
            stream.Write("from outside"u8);

        Assert.Equal("from outside", await File.ReadAllTextAsync(folder["out"], TestContext.Current.CancellationToken));
        Assert.Equal("EBADF", Assert.Throws<LinuxException>(() => child.PidFd.GetFd(99)).ErrnoName);
        child.Kill(Signals.Kill);
        await child.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WaitExitedAsync_OfAProcessThatIsNotOurChild_CompletesAtItsEnd()
    {
        using var folder = new TestFolder();
        using ChildProcess parent = Shell.StartInto(folder["out"], ["/bin/sh", "-c", "sleep 1000 & echo $!; wait"]);
        await Shell.UntilAsync(() => File.ReadAllText(folder["out"]).EndsWith('\n'), "the grandchild's pid");
        int pid = int.Parse(await File.ReadAllTextAsync(folder["out"], TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        using PidFd grandchild = PidFd.Open(pid);
        Task ended = grandchild.WaitExitedAsync(TestContext.Current.CancellationToken);
        Assert.False(ended.IsCompleted);
        Assert.Equal(parent.Pid, ProcFs.ParentOf(pid));
        Assert.Contains(pid, ProcFs.Children(parent.Pid));

        Assert.True(grandchild.SendSignal(Signals.Terminate));

        await ended.WaitAsync(Shell.Deadline, TestContext.Current.CancellationToken);
        await parent.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    public async Task TheStatusOfAProcessThatIsNotOurChild_IsTold_ReapedOrNot(string ending, int code)
    {
        Assert.SkipUnless(Environment.OSVersion.Version >= new Version(6, 15), "the kernel is older than 6.15 and forgets it");
        using var folder = new TestFolder();
        using ChildProcess parent = Shell.StartInto(folder["out"], ["/bin/sh", "-c", $"(sleep 0.2; {ending.Replace("$$", "$(exec sh -c 'echo $PPID')", StringComparison.Ordinal)}) & echo $!; wait; sleep 0.2"]);
        await Shell.UntilAsync(() => File.ReadAllText(folder["out"]).EndsWith('\n'), "the grandchild's pid");
        int pid = int.Parse(await File.ReadAllTextAsync(folder["out"], TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
        using PidFd grandchild = PidFd.Open(pid);
        Assert.Null(grandchild.ReapedStatus());
        await grandchild.WaitExitedAsync(TestContext.Current.CancellationToken).WaitAsync(Shell.Deadline, TestContext.Current.CancellationToken);
        await parent.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, grandchild.ReapedStatus()?.ShellCode);
    }

    [Theory]
    [InlineData(0x0500, 5, 0)]
    [InlineData(0x000f, 0, 15)]
    [InlineData(0x0089, 0, 9)]
    public void FromWait_ReadsTheStatusWord(int status, int code, int signal) => Assert.Equal(new ExitStatus(code, signal), ExitStatus.FromWait(status));

    [Fact]
    public void Open_OfNoProcess_Throws() =>
        Assert.Equal("ESRCH", Assert.Throws<LinuxException>(() => PidFd.Open(int.MaxValue)).ErrnoName);
}
