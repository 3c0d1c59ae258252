using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1413_MountNamespaces(OneNodeLab lab) : SystemTest(lab)
{
    private const string OutsideOfTmp = "/var/tmp";
    private const string Count = "for ((i = 1; ; i++)); do echo \"step $i\"; sleep 0.03; done";

    [Theory]
    [InlineData("unchanged", false)]
    [InlineData("slave", false)]
    [InlineData("private", false)]
    [InlineData("unchanged", true)]
    [InlineData("slave", true)]
    public Task AProcessInOneOfItsOwn_ComesBack_WhereTheHostsMountsAreShared(string propagation, bool privateTmp) => WithSharedMountsAsync(async () =>
    {
        // Not below /tmp, which the sandbox hides.
        var checkpoints = Directory.CreateDirectory(Path.Combine(OutsideOfTmp, Lab.NewName("ckpt"))).FullName;
        string[] options = ["--ckpt-dir", checkpoints, .. privateTmp ? ["--private-tmp"] : Array.Empty<string>()];
        var job = await TestJob.StartAsync(Lab, "namespace", options, CommandOptions.Default with { WorkingDirectory = "/" },
            ["unshare", "--mount", "--propagation", propagation, "bash", "-c", $"echo kept > /dev/shm/kept; exec 3</dev/shm/kept; {Count}"]);
        await job.WaitForLineAsync("step 3");
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        for (var time = 0; time < 2; time++)
        {
            await job.CheckpointAsync(stop: true);
            await job.RestartAsync();
            await job.WaitForMoreAsync();
        }

        await job.KillAsync();
        Assert.Equal(Enumerable.Range(1, job.Lines.Count).Select(n => $"step {n}"), job.Lines);
        Directory.Delete(checkpoints, recursive: true);
    });

    [Fact]
    public Task ABindMountOfTheJob_StaysASlave_AndComesBackAsOne() => WithSharedMountsAsync(async () =>
    {
        // Not below /tmp, which is private in the sandbox, for it is a part of a file system.
        var folder = Directory.CreateDirectory(Path.Combine(OutsideOfTmp, Lab.NewName("bind"))).FullName;
        var (source, target) = (Directory.CreateDirectory(Path.Combine(folder, "source")).FullName, Directory.CreateDirectory(Path.Combine(folder, "target")).FullName);
        var job = await TestJob.StartAsync(Lab, "bind", "bash", "-c",
            $"mount --bind {source} {target}; exec 3>{target}/file; while :; do grep ' {target} ' /proc/self/mountinfo; sleep 0.05; done");
        await job.WaitForMoreAsync();
        Assert.Contains("master:", job.Lines[0], StringComparison.Ordinal);
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        Assert.All(job.Lines, line => Assert.Contains("master:", line, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(source, "file")));
        Directory.Delete(folder, recursive: true);
    });

    // As systemd has them. /tmp is a mount of its own there, with all that is mounted below it.
    private async Task WithSharedMountsAsync(Func<Task> test)
    {
        await OnNodeAsync("mount --make-rshared / && mount --rbind /tmp /tmp");
        try
        {
            await test();
        }
        finally
        {
            await OnNodeAsync("umount --lazy /tmp && mount --make-rprivate /");
        }
    }

    private async Task OnNodeAsync(string script) => (await Hpccr.RunAsync("lab", "exec", "node1", "--", "sh", "-c", script)).EndsWith(0);
}
