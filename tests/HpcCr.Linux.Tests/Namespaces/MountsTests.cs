using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Namespaces;

public sealed class MountsTests
{
    [Fact]
    public void Bind_OntoANameWithABlank_IsReadBackAsItIs()
    {
        Needs.Root();
        using var folder = new TestFolder();
        string source = Directory.CreateDirectory(folder["source"]).FullName;
        string target = Directory.CreateDirectory(folder["a \\ tärget"]).FullName;
        MountInfo mount = InNewMountNamespace(() =>
        {
            Mounts.Bind(source, target);
            MountInfo found = MountInfo.Read().Single(entry => entry.MountPoint == target);
            Mounts.Unmount(target, detach: false);
            Assert.DoesNotContain(MountInfo.Read(), entry => entry.MountPoint == target);
            return found;
        });

        Assert.EndsWith("/source", mount.Root, StringComparison.Ordinal);
        Assert.Equal("", mount.Propagation);
        Assert.Matches("^[0-9]+:[0-9]+$", mount.Device);
        Assert.NotEmpty(mount.SuperOptions);
    }

    [Fact]
    public void Bind_Recursive_BringsTheMountsBelow()
    {
        Needs.Root();
        using var folder = new TestFolder();
        string below = Directory.CreateDirectory(folder["source/below"]).FullName;
        string target = Directory.CreateDirectory(folder["target"]).FullName;
        bool[] seen = InNewMountNamespace(() =>
        {
            Mounts.Tmpfs(below, null);
            File.WriteAllText(Path.Combine(below, "note"), "");
            Mounts.Bind(folder["source"], target);
            bool alone = File.Exists(Path.Combine(target, "below/note"));
            Mounts.Unmount(target, detach: true);
            Mounts.Bind(folder["source"], target, recursive: true);
            return new[] { alone, File.Exists(Path.Combine(target, "below/note")) };
        });

        Assert.Equal([false, true], seen);
    }

    [Fact]
    public void Proc_OnAFolder_ShowsThisPidNamespace()
    {
        Needs.Root();
        using var folder = new TestFolder();
        Assert.True(InNewMountNamespace(() =>
        {
            Mounts.Proc(folder.Path);
            return Directory.Exists(folder[$"{Environment.ProcessId}/task"]);
        }));
    }

    [Fact]
    public void Unmount_OfNoMountPoint_Throws()
    {
        Needs.Root();
        using var folder = new TestFolder();
        Assert.Equal("EINVAL", Assert.Throws<LinuxException>(() => Mounts.Unmount(folder.Path, detach: true)).ErrnoName);
    }

    private static T InNewMountNamespace<T>(Func<T> work) =>
        OwnThread.Run(() =>
        {
            Linux.Namespaces.UnshareThread(NamespaceKinds.Mount);
            Mounts.MakePrivate("/", recursive: true);
            return work();
        });
}
