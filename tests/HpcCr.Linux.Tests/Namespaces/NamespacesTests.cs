using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Namespaces;

public sealed class NamespacesTests
{
    private const NamespaceKinds Sandbox = NamespaceKinds.Pid | NamespaceKinds.Mount | NamespaceKinds.Uts | NamespaceKinds.Ipc;

    [Fact]
    public async Task Start_OnAThreadWithNewNamespaces_GivesTheChildPidOneAndThatThreadsMounts()
    {
        Needs.Root();
        using var folder = new TestFolder();
        string inner = Directory.CreateDirectory(folder["inner"]).FullName;
        string hostName = Environment.MachineName;

        using ChildProcess child = OwnThread.Run(() =>
        {
            Linux.Namespaces.UnshareThread(Sandbox);
            Mounts.MakeSlave("/", recursive: true);
            Mounts.Tmpfs(inner, "mode=0700,size=1m");
            File.WriteAllText(Path.Combine(inner, "note"), "inside\n");
            HostName.Set("sandbox-host");
            return Shell.StartInto(folder["out"], ["/bin/sh", "-c", $"echo $$; hostname; cat {inner}/note; until test -e {folder["go"]}; do sleep 0.01; done; exit 5"]);
        });
        Assert.Equal([child.Pid, 1], ProcFs.NamespacePids(child.Pid));
        Assert.Contains(MountInfo.Read(child.Pid), mount => mount.MountPoint == inner && mount.FileSystem == "tmpfs");
        await File.WriteAllTextAsync(folder["go"], "", TestContext.Current.CancellationToken);

        Assert.Equal(5, (await child.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(Shell.Deadline, TestContext.Current.CancellationToken)).Code);
        Assert.Equal("1\nsandbox-host\ninside\n", await File.ReadAllTextAsync(folder["out"], TestContext.Current.CancellationToken));

        // Neither the host nor our other threads have noticed.
        Assert.Empty(Directory.EnumerateFileSystemEntries(inner));
        Assert.DoesNotContain(MountInfo.Read(), mount => mount.MountPoint == inner);
        Assert.Equal(hostName, (await Shell.RunAsync("hostname")).Text);
    }

    [Fact]
    public void UnshareThread_WithoutThreadsOfItsOwn_LeavesWorkersOutside()
    {
        Needs.Root();
        using var folder = new TestFolder();
        string[] seen = OwnThread.Run(() =>
        {
            Linux.Namespaces.UnshareThread(NamespaceKinds.Mount | NamespaceKinds.Pid);
            Mounts.MakePrivate("/", recursive: true);
            Mounts.Tmpfs(folder.Path, null);
            return MountInfo.Read().Select(mount => mount.MountPoint).ToArray();
        });

        Assert.Contains(folder.Path, seen);
        Assert.DoesNotContain(MountInfo.Read(), mount => mount.MountPoint == folder.Path);
    }
}
