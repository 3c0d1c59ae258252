using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1412_OwnMounts(OneNodeLab lab) : SystemTest(lab)
{
    private const int Steps = 400;

    // Appends, holds a file that has lost a name and kept another, reads a third, and says at the end what they hold.
    private static readonly string Work = "exec 3>>{0}/log 4>{0}/gone; ln {0}/gone {0}/other; rm {0}/gone; echo input >{0}/input; exec 5<{0}/input; "
        + $"for i in $(seq 1 {Steps}); do echo \"line $i\" >&3; echo \"$i\" >&4; echo \"step $i\"; sleep 0.03; done; "
        + "echo \"log $(cksum <{0}/log)\"; echo \"other $(cksum <{0}/other)\"; read input <&5; echo \"$input\"";

    [Theory]
    [InlineData("mount -t tmpfs own {0}; {1}")]
    [InlineData("exec unshare --mount --propagation unchanged bash -c 'mount -t tmpfs own {0}; {1}'")]
    [InlineData("mount --bind {2} {0}; {1}")]
    [InlineData("exec unshare --mount bash -c 'mount --bind {2} {0}; {1}'")]
    public async Task AFileOfTheHost_AtThePathOfAFileOnAMountOfTheJob_IsNotTouched(string script)
    {
        var (folder, other) = (Lab.NewFolder("own"), Lab.NewFolder("other"));
        var theirs = new string('x', 1092);
        foreach (var name in new[] { "log", "gone", "input" })
            File.WriteAllText(Path.Combine(folder, name), theirs);
        var work = Work.Replace("{0}", folder, StringComparison.Ordinal);
        var job = await TestJob.StartAsync(Lab, "own", "bash", "-c", string.Format(null, script, folder, work, other));
        await job.WaitForLineAsync("step 10");
        var epoch = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        Assert.Equal(0, (await job.RunAsync("wait", job.Name)).ExitCode);

        var undisturbed = Lab.NewFolder("undisturbed");
        Assert.Equal(await Undisturbed.LinesAsync("bash", "-c", Work.Replace("{0}", undisturbed, StringComparison.Ordinal)), job.Lines);
        Assert.Equal(["gone", "input", "log"], Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order());
        Assert.All(Directory.GetFiles(folder), file => Assert.Equal(theirs, File.ReadAllText(file)));
        Assert.DoesNotContain(Directory.GetFiles(other), file => file.Contains("link_remap", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AFileThatHasLostAName_AndKeptAnother_IsTheSameFileUnderThatName()
    {
        var folder = Lab.NewFolder("links");
        var job = await TestJob.StartAsync(Lab, "links", "bash", "-c",
            $"exec 4>{folder}/gone; ln {folder}/gone {folder}/other; rm {folder}/gone; for i in $(seq 1 400); do echo \"$i\" >&4; echo \"step $i $(tail -n 1 {folder}/other)\"; sleep 0.03; done");
        await job.WaitForLineAsync("step 10");
        var epoch = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        Assert.Equal(0, (await job.RunAsync("wait", job.Name)).ExitCode);
        Assert.Equal(Enumerable.Range(1, 400).Select(n => $"step {n} {n}"), job.Lines);
        Assert.Equal(["other"], Directory.GetFiles(folder).Select(path => Path.GetFileName(path)));
    }
}
