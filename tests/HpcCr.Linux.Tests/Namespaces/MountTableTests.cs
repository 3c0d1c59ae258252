namespace HpcCr.Linux.Tests.Namespaces;

public sealed class MountTableTests
{
    // 5 was mounted after 4 and hides it; 8 is on top of 7.
    private static readonly MountInfo[] Table =
        [Mount(1, 0, "/"), Mount(2, 1, "/a"), Mount(3, 2, "/a/b"), Mount(4, 1, "/x/y"), Mount(5, 1, "/x"), Mount(7, 1, "/s"), Mount(8, 7, "/s")];

    [Theory]
    [InlineData("/etc/hosts", new[] { 1 })]
    [InlineData("/a/file", new[] { 1, 2 })]
    [InlineData("/a/b", new[] { 1, 2, 3 })]
    [InlineData("/a/bc", new[] { 1, 2 })]
    [InlineData("/ab", new[] { 1 })]
    [InlineData("/x/y/z", new[] { 1, 5 })]
    [InlineData("/s/file", new[] { 1, 7, 8 })]
    public void Crossed_AlongAPath_GivesTheMountsThatTheKernelMeets(string path, int[] mounts) =>
        Assert.Equal(mounts, MountTable.Crossed(Table, [path]).Order());

    [Fact]
    public void Crossed_OfThisMachine_EndsOnTheMountOfTheFile()
    {
        var table = MountInfo.Read();
        var proc = table.Last(m => m.MountPoint == "/proc");

        Assert.Contains(proc.Id, MountTable.Crossed(table, ["/proc/self/status"]));
        Assert.DoesNotContain(proc.Id, MountTable.Crossed(table, ["/etc/hosts"]));
    }

    private static MountInfo Mount(int id, int parent, string point) => new(id, parent, "0:1", "/", point, "rw", "", "tmpfs", "none", "rw");
}
