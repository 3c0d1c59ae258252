namespace HpcCr.Linux.Tests.Processes;

public sealed class ProcFsTests
{
    [Fact]
    public async Task StartTime_OfTwoProcesses_GrowsAndIsNullWhenGone()
    {
        using ChildProcess child = ChildProcess.Start(new SpawnOptions { Argv = ["/bin/sleep", "1000"] });

        Assert.True(ProcFs.StartTime(child.Pid) >= ProcFs.StartTime(Environment.ProcessId));
        Assert.Equal(Environment.ProcessId, ProcFs.ParentOf(child.Pid));
        child.Kill(Signals.Kill);
        await child.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Null(ProcFs.StartTime(child.Pid));
        Assert.Null(ProcFs.ParentOf(child.Pid));
        Assert.Empty(ProcFs.NamespacePids(child.Pid));
        Assert.Empty(ProcFs.Children(child.Pid));
        Assert.Empty(ProcFs.CommandLine(child.Pid));
        Assert.Null(ProcFs.CgroupV2Of(child.Pid));
    }

    [Fact]
    public async Task CommandLine_WithAnEmptyArgument_KeepsIt()
    {
        using ChildProcess child = ChildProcess.Start(new SpawnOptions { Argv = ["/bin/sh", "-c", "sleep 1000; :", "a b", ""] });

        // posix_spawn returns while the new program's memory is still being laid out.
        await Shell.UntilAsync(() => ProcFs.CommandLine(child.Pid).Count > 0, "the arguments");
        Assert.Equal(["/bin/sh", "-c", "sleep 1000; :", "a b", ""], ProcFs.CommandLine(child.Pid));

        foreach (int grandchild in ProcFs.Children(child.Pid))
        {
            using PidFd held = PidFd.Open(grandchild);
            held.SendSignal(Signals.Kill);
        }

        child.Kill(Signals.Kill);
        await child.WaitAsync(TestContext.Current.CancellationToken);
    }
}
