using System.Globalization;
using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Cgroups;

public sealed class JobCgroupTests
{
    [Fact]
    public void Detect_OnThisHost_FindsWhereWeAre()
    {
        CgroupHost host = CgroupHost.Detect();

        Assert.True(File.Exists(Path.Combine(host.V2Root, "cgroup.controllers")));
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), File.ReadAllLines(Path.Combine(host.OwnV2Path, "cgroup.procs")));
        Assert.Equal(host.OwnV2Path, host.PathOf(Environment.ProcessId));
    }

    [Fact]
    public async Task Create_ForAJob_MakesTheCgroupAndNamesItAsTheKernelDoes()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        await using var busy = new BusyProcess();
        Assert.False(test.Cgroup.Populated);

        test.Cgroup.Add(busy.Pid);

        Assert.True(test.Cgroup.Populated);
        Assert.Equal([busy.Pid], test.Cgroup.Processes());
        Assert.Equal(test.Cgroup.Path, CgroupHost.Detect().PathOf(busy.Pid));
        Assert.Equal(Path.Combine("/sys/fs/cgroup", test.Cgroup.NftPath), test.Cgroup.Path);
        Assert.Equal((await Shell.RunAsync(["/usr/bin/stat", "-c", "%i", test.Cgroup.Path])).Text, test.Cgroup.Id.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/sys/fs/cgroup/elsewhere")]
    [InlineData("")]
    public void Create_OutsideOurOwnCgroup_IsRefused(string name) => Assert.Throws<ArgumentException>(() => JobCgroup.Create(name + "/.."));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_OfATreeWithSubgroups_EndsEveryProcessEvenFrozenOnes(bool frozen)
    {
        Needs.Root();
        await using var test = new TestCgroup();
        await using var first = new BusyProcess();
        await using var second = new BusyProcess();
        var below = Path.Combine(test.Cgroup.Path, "a/b");
        Directory.CreateDirectory(below);
        test.Cgroup.Add(first.Pid);
        JobCgroup.Open(below).Add(second.Pid);
        Assert.Equal(new[] { first.Pid, second.Pid }.Order(), test.Cgroup.Processes().Order());
        using var freezer = new CgroupV2Freezer(test.Cgroup.Path);
        if (frozen)
            await freezer.FreezeAsync(Shell.Deadline, TestContext.Current.CancellationToken);
        Task empty = test.Cgroup.WaitEmptyAsync(Shell.Deadline, TestContext.Current.CancellationToken);
        Assert.False(empty.IsCompleted);

        test.Cgroup.Kill();

        await empty;
        Assert.Equal(Signals.Kill, (await first.Exited).Signal);
        Assert.Equal(Signals.Kill, (await second.Exited).Signal);
        Assert.False(test.Cgroup.Populated);
        test.Cgroup.Remove();
        Assert.False(Directory.Exists(test.Cgroup.Path));
    }

    [Fact]
    public async Task Kill_WhereTheKernelHasNoCgroupKill_EndsThemOneByOne()
    {
        Needs.Root();
        string? root = CgroupHost.Detect().V1FreezerRoot;
        Assert.SkipWhen(root is null, "needs a v1 hierarchy: its cgroups have no cgroup.kill");
        using var test = new TestV1Cgroup(root!);
        await using var first = new BusyProcess();
        await using var second = new BusyProcess();
        test.Add(first.Pid);
        test.Add(second.Pid);

        JobCgroup.Open(test.Path).Kill();

        Assert.Equal(Signals.Kill, (await first.Exited).Signal);
        Assert.Equal(Signals.Kill, (await second.Exited).Signal);
    }

    [Fact]
    public async Task Remove_TwiceAndKillAndWaitAfterIt_DoNothing()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        test.Cgroup.Remove();

        test.Cgroup.Remove();
        test.Cgroup.Kill();
        await test.Cgroup.WaitEmptyAsync(TimeSpan.Zero, TestContext.Current.CancellationToken);

        Assert.Empty(test.Cgroup.Processes());
        Assert.Equal("ENOENT", Assert.Throws<LinuxException>(() => JobCgroup.Open(test.Cgroup.Path)).ErrnoName);
    }

    [Fact]
    public async Task WaitEmptyAsync_WhileAProcessLives_TimesOutAndNamesIt()
    {
        Needs.Root();
        await using var test = new TestCgroup();
        await using var busy = new BusyProcess();
        test.Cgroup.Add(busy.Pid);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => test.Cgroup.WaitEmptyAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken));

        Assert.Contains(busy.Pid.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Equal("EBUSY", Assert.Throws<LinuxException>(test.Cgroup.Remove).ErrnoName);
    }
}
