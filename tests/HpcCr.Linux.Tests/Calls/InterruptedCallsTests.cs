using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Calls;

/// <summary>What the kernel itself has noted of a program that was interrupted in a sleep.</summary>
public sealed class InterruptedCallsTests
{
    private const int ClockNanoSleep = 230;
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Find_OfAStoppedSleep_TellsTheCallAndItsEnd_AlsoWhenItIsInterruptedAgain(int times)
    {
        Needs.Root();
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "this kernel does not describe its types");
        using var calls = InterruptedCalls.Prepare();
        Assert.True(calls.IsExact);
        using ChildProcess child = ChildProcess.Start(new SpawnOptions { Argv = ["/bin/sleep", "1000"] });
        await Shell.UntilAsync(() => (ProcFs.LinkOf(child.Pid, "exe") ?? "").EndsWith("sleep", StringComparison.Ordinal), "the program");
        for (int time = 0; time < times; time++)
        {
            child.Kill(Signals.Continue);
            await Shell.UntilAsync(() => InSleep(child.Pid), "the sleep");
            child.Kill(Signals.Stop);
            await Shell.UntilAsync(() => ProcFs.State(child.Pid) == 'T', "the stop");
        }

        var found = Assert.Single(calls.Find(new HashSet<int> { child.Pid }));
        Assert.Equal((child.Pid, ClockNanoSleep, 2), (found.Call.Thread, found.Call.Number, found.Call.Argument));
        Assert.Equal(found.Call.Scratch, found.Argument);
        long now = (long)(System.Diagnostics.Stopwatch.GetTimestamp() * (1e9 / System.Diagnostics.Stopwatch.Frequency));
        Assert.InRange(found.Call.Remaining(now), 900 * Second, 1000 * Second);
        child.Kill(Signals.Kill);
        await child.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static bool InSleep(int pid) => ProcFs.State(pid) == 'S';
}
