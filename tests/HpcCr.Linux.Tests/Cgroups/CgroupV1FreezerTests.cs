using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Cgroups;

public sealed class CgroupV1FreezerTests
{
    [Fact]
    public async Task FreezeAsync_OfABusyProcess_StopsItsProgressUntilThawed()
    {
        Needs.Root();
        using var test = new TestV1Cgroup(Root());
        await using var busy = new BusyProcess();
        await using var clock = new BusyProcess();
        test.Add(busy.Pid);
        await busy.GoesOnAsync();
        using var freezer = new CgroupV1Freezer(test.Path);

        await freezer.FreezeAsync(Shell.Deadline, TestContext.Current.CancellationToken);

        Assert.True(freezer.IsFrozen);
        Assert.Equal(test.Path, CgroupHost.Detect().V1FreezerPathOf(busy.Pid));
        await busy.StandsStillAsync(clock);
        freezer.Thaw();
        Assert.False(freezer.IsFrozen);
        await busy.GoesOnAsync();
        test.Empty();
    }

    [Fact]
    public void FrozenAncestor_WhenSomebodyFrozeOneAbove_NamesIt()
    {
        Needs.Root();
        using var test = new TestV1Cgroup(Root());
        string inner = Directory.CreateDirectory(Path.Combine(test.Path, "inner")).FullName;
        try
        {
            using var outer = new CgroupV1Freezer(test.Path);
            using var freezer = new CgroupV1Freezer(inner);
            Assert.Null(freezer.FrozenAncestor());

            outer.RequestFreeze();

            Assert.Equal(test.Path, freezer.FrozenAncestor());
            outer.Thaw();
            Assert.Null(freezer.FrozenAncestor());
        }
        finally
        {
            Directory.Delete(inner);
        }
    }

    private static string Root()
    {
        string? root = CgroupHost.Detect().V1FreezerRoot;
        Assert.SkipWhen(root is null, "needs a v1 freezer hierarchy, which this host does not mount");
        return root!;
    }
}
