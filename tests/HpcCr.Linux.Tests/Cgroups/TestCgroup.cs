using HpcCr.Linux.Tests.Processes;

namespace HpcCr.Linux.Tests.Cgroups;

/// <summary>A v2 cgroup of a test's own; at the end it is emptied, removed and looked for.</summary>
internal sealed class TestCgroup : IAsyncDisposable
{
    public JobCgroup Cgroup { get; } = JobCgroup.Create($"hpccr-linux-tests-{Guid.NewGuid():N}/job");

    public async ValueTask DisposeAsync()
    {
        JobCgroup outer = JobCgroup.Open(Path.GetDirectoryName(Cgroup.Path)!);
        foreach (string folder in Directory.EnumerateDirectories(outer.Path, "*", SearchOption.AllDirectories).Append(outer.Path))
        {
            using var freezer = new CgroupV2Freezer(folder);
            freezer.Thaw();
        }

        outer.Kill();
        await outer.WaitEmptyAsync(Shell.Deadline);
        outer.Remove();
        Assert.False(Directory.Exists(outer.Path));
    }
}
