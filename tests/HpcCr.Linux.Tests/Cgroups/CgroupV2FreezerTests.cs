using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Cgroups;

public sealed class CgroupV2FreezerTests
{
    [Fact]
    public async Task FreezeAsync_OfABusyProcess_StopsItsProgressUntilThawed()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        await using var busy = new BusyProcess();
        await using var clock = new BusyProcess();
        test.Cgroup.Add(busy.Pid);
        await busy.GoesOnAsync();
        using var freezer = new CgroupV2Freezer(test.Cgroup.Path);
        Assert.False(freezer.IsFrozen);

        await freezer.FreezeAsync(Shell.Deadline, TestContext.Current.CancellationToken);

        Assert.True(freezer.IsFrozen);
        await busy.StandsStillAsync(clock);
        freezer.Thaw();
        await busy.GoesOnAsync();
        Assert.False(freezer.IsFrozen);
    }

    [Fact]
    public async Task FreezeAsync_WithManyProcesses_FindsAllOfThemStopped()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        using var folder = new TestFolder();
        using ChildProcess parent = Shell.StartInto(folder["out"], ["/bin/sh", "-c", "until test -e go; do :; done; for i in 1 2 3 4 5 6 7 8; do sh -c 'while :; do :; done' & done; wait"], options => options with { WorkingDirectory = folder.Path });
        test.Cgroup.Add(parent.Pid);
        await File.WriteAllTextAsync(folder["go"], "", TestContext.Current.CancellationToken);
        await Shell.UntilAsync(() => test.Cgroup.Processes().Count == 9, "nine processes");
        using var freezer = new CgroupV2Freezer(test.Cgroup.Path);

        for (int round = 0; round < 20; round++)
        {
            await freezer.FreezeAsync(Shell.Deadline, TestContext.Current.CancellationToken);
            long[] before = [.. test.Cgroup.Processes().Select(ProcessorTime)];
            await Task.Yield();
            Assert.Equal(before, test.Cgroup.Processes().Select(ProcessorTime));
            freezer.Thaw();
            await Shell.UntilAsync(() => !freezer.IsFrozen, "the thaw");
        }

        test.Cgroup.Kill();
        Assert.Equal(Signals.Kill, (await parent.WaitAsync(TestContext.Current.CancellationToken)).Signal);
    }

    [Fact]
    public async Task FrozenAncestor_WhenSomebodyFrozeOneAbove_NamesIt()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        string above = Path.GetDirectoryName(test.Cgroup.Path)!;
        using var inner = new CgroupV2Freezer(test.Cgroup.Path);
        using var outer = new CgroupV2Freezer(above);
        Assert.Null(inner.FrozenAncestor());

        outer.RequestFreeze();

        Assert.Equal(above, inner.FrozenAncestor());
        Assert.Null(outer.FrozenAncestor());
        outer.Thaw();
        Assert.Null(inner.FrozenAncestor());
    }

    [Fact]
    public async Task FreezeAsync_WhenATaskCannotStop_TimesOutAndLeavesTheRequestInForce()
    {
        Needs.Root();
        string? root = CgroupHost.Detect().V1FreezerRoot;
        Assert.SkipWhen(root is null, "needs a v1 freezer hierarchy: a task frozen there cannot reach the v2 freezer");
        await using var test = new TestCgroup();
        await using var busy = new BusyProcess();
        using var other = new TestV1Cgroup(root!);
        test.Cgroup.Add(busy.Pid);
        other.Add(busy.Pid);
        using var first = new CgroupV1Freezer(other.Path);
        await first.FreezeAsync(Shell.Deadline, TestContext.Current.CancellationToken);
        using var freezer = new CgroupV2Freezer(test.Cgroup.Path);

        await Assert.ThrowsAsync<TimeoutException>(() => freezer.FreezeAsync(TimeSpan.FromMilliseconds(30), TestContext.Current.CancellationToken));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => freezer.FreezeAsync(Shell.Deadline, cancelled.Token));

        first.Thaw();
        await Shell.UntilAsync(() => freezer.IsFrozen, "the request to take effect");
        freezer.Thaw();
        await busy.GoesOnAsync();
        other.Empty();
    }

    [Fact]
    public async Task Thaw_OfACgroupThatIsGone_DoesNothing()
    {
        Needs.Root();
        CgroupV2Freezer freezer;
        await using (var test = new TestCgroup())
            freezer = new CgroupV2Freezer(test.Cgroup.Path);
        using (freezer)
        {
            freezer.Thaw();
            Assert.False(freezer.IsFrozen);
            Assert.Equal("ENODEV", Assert.Throws<LinuxException>(freezer.RequestFreeze).ErrnoName);
        }
    }

    // utime and stime of /proc/PID/stat, in ticks.
    private static long ProcessorTime(int pid)
    {
        string[] fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        return long.Parse(fields[11], System.Globalization.CultureInfo.InvariantCulture) + long.Parse(fields[12], System.Globalization.CultureInfo.InvariantCulture);
    }
}
