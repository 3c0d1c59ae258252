using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1140_WhatCannotBeDoneNow(OneNodeLab lab) : SystemTest(lab)
{
    private readonly OneNodeLab _lab = lab;

    [Fact]
    public async Task ACheckpointOfAJobThatHasEnded_Fails_AndSaysWhatTheJobIs()
    {
        var job = await TestJob.StartAsync(Lab, "ended", "true");
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, [job.Name, "Exited"]);
    }

    [Fact]
    public async Task CheckpointsWhileAJobEnds_AreCommittedOrSayThatItEnded()
    {
        var job = await TestJob.StartAsync(Lab, "ending", "sleep", "2.5");
        CommandResult last;
        do
        {
            last = await job.RunAsync("checkpoint", job.Name);
        }
        while (last.ExitCode == 0);
        last.FailsWith(1, [job.Name]);
        Assert.True(last.Stderr.Contains("ended", StringComparison.Ordinal) || last.Stderr.Contains("Exited", StringComparison.Ordinal), last.ToString());
        (await job.RunAsync("wait", job.Name)).EndsWith(0);
        Assert.Empty(Directory.EnumerateDirectories(job.Folder, "*.partial"));
    }

    [Fact]
    public async Task ASecondCheckpointWhileOneRuns_IsRefused_AndTheFirstIsCommitted()
    {
        var job = await StartFillAsync();
        Lab.SetFaults(1, "seal hang");
        await using var first = Hpccr.Start("checkpoint", job.Name);
        await job.WaitForStateAsync("Checkpointing");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, ["under way"]);
        Lab.SetFaults(1);
        (await first.EndAsync()).EndsWith(0);
        await job.CheckpointAsync();
        await job.KillAsync();
    }

    [Fact]
    public async Task ARestartWhileTheJobStillRuns_IsRefused_AndTheJobGoesOn()
    {
        var job = await StartFillAsync();
        var epoch = await job.CheckpointAsync();
        (await job.RunAsync("restart", epoch.Path, "--detach")).FailsWith(1, [job.Name, "still runs", "hpccr kill"]);
        (await job.RunAsync("restart", epoch.Path)).FailsWith(125, ["still runs"]);
        await job.WaitForMoreAsync();
        Assert.Equal("Running", await job.StateAsync());
        await job.KillAsync();
    }

    [Fact]
    public async Task ACheckpointDirectoryTooSmallForTheJob_FailsTheEpoch_BeforeAnythingIsFrozen()
    {
        var job = await StartFillAsync("--ckpt-dir", _lab.SmallFolder);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, ["MiB free", "nothing was frozen"]);
        await AssertUnharmedAsync(job);
    }

    [Fact]
    public async Task ACheckpointDirectoryThatFillsUp_FailsTheEpoch_AndNothingIsLeft()
    {
        var job = await StartFillAsync("--ckpt-dir", _lab.FewFilesFolder);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, ["space"]);
        await AssertUnharmedAsync(job);
    }

    [Fact]
    public async Task ACheckpointDirectoryThatCannotBeWritten_IsSaid_BeforeAnythingIsStarted()
    {
        var folder = Lab.NewFolder("mine");
        var user = CommandOptions.AsUser(4242);
        (await Hpccr.RunAsync(user, "run", "--detach", "--ckpt-dir", folder, "--", "true")).FailsWith(4, [folder]);
        var file = Path.Combine(folder, "file");
        File.WriteAllText(file, "");
        (await Hpccr.RunAsync("run", "--detach", "--ckpt-dir", file, "--", "true")).FailsWith(1, [file]);
    }

    private async Task<TestJob> StartFillAsync(params IReadOnlyList<string> options)
    {
        var job = await TestJob.StartAsync(Lab, "fill", options, CommandOptions.Default, [TestPrograms.Fill, "--mib", "48", "--every", "20"]);
        await job.WaitForLineAsync("step ");
        return job;
    }

    private static async Task AssertUnharmedAsync(TestJob job)
    {
        Assert.Equal("Running", await job.StateAsync());
        Assert.Empty((await job.StatusAsync()).GetProperty("epochs").EnumerateArray());
        await job.WaitForMoreAsync();
        Assert.Empty(Directory.EnumerateDirectories(job.Folder));
        await job.KillAsync();
        Directory.Delete(job.Folder, recursive: true);
    }
}
