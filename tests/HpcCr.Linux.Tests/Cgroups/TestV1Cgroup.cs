using System.Globalization;

namespace HpcCr.Linux.Tests.Cgroups;

/// <summary>A cgroup in the v1 freezer hierarchy, thawed, emptied into the root and removed at the end.</summary>
internal sealed class TestV1Cgroup : IDisposable
{
    private readonly string _root;

    public TestV1Cgroup(string root)
    {
        _root = root;
        Path = Directory.CreateDirectory(System.IO.Path.Combine(root, $"hpccr-linux-tests-{Guid.NewGuid():N}")).FullName;
    }

    public string Path { get; }

    public void Add(int pid) => File.WriteAllText(System.IO.Path.Combine(Path, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));

    public void Empty()
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "freezer.state"), "THAWED");
        foreach (string pid in File.ReadAllLines(System.IO.Path.Combine(Path, "cgroup.procs")))
            File.WriteAllText(System.IO.Path.Combine(_root, "cgroup.procs"), pid);
    }

    public void Dispose()
    {
        Empty();
        Directory.Delete(Path);
        Assert.False(Directory.Exists(Path));
    }
}
