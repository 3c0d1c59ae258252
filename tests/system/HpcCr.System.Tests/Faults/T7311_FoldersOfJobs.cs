using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

[Collection(FencingLab.Name)]
public sealed class T7311_FoldersOfJobs(FencingLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task ASecondCoordinator_DoesNotRunAJobOfTheFirst_InTheSameDirectory()
    {
        var job = await TestJob.StartAsync(Lab, "owned", TestPrograms.Fill, "--mib", "1", "--steps", "1000000");
        await job.CheckpointAsync();
        await using var other = new EmbeddedPlace();
        await other.InitializeAsync();
        var sameKey = CommandOptions.Default with { Environment = new Dictionary<string, string?> { ["HPCCR_KEY_FILE"] = Lab.KeyFile } };
        (await other.Hpccr.RunAsync(sameKey, "run", "--name", job.Name, "--ckpt-dir", Hpccr.CheckpointDirectory, "--detach", "--", "true")).FailsWith(1, "another coordinator", "--name");
        await job.WaitForMoreAsync();
        Assert.Equal(2, (await job.CheckpointAsync()).Number);
        await job.KillAsync();
    }

    [Fact]
    public async Task ARunUnderTheNameOfAnEndedJob_TakesNeitherItsCheckpointsNorItsOutput_AndRmRemovesAll()
    {
        var name = Lab.NewName("again");
        string[] run = ["run", "--name", name, "--detach", "--"];
        (await Hpccr.RunAsync([.. run, "sh", "-c", "echo first; exit 3"])).EndsWith(0);
        (await Hpccr.RunAsync("wait", name)).EndsWith(3);
        var job = new TestJob(Hpccr, name, Path.Combine(Hpccr.CheckpointDirectory, name), CommandOptions.Default);

        // Without checkpoints there is nothing to mix: the old output is set aside.
        (await Hpccr.RunAsync([.. run, "sh", "-c", "while :; do echo second; sleep 0.1; done"])).EndsWith(0);
        await job.WaitForLineAsync("second");
        Assert.DoesNotContain("first", job.Stdout, StringComparison.Ordinal);
        Assert.Equal("first\n", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(job.Folder, "stdout.run-*.log")), TestContext.Current.CancellationToken));
        await job.CheckpointAsync();
        (await job.RunAsync("rm", name)).FailsWith(1, "Running", "hpccr kill");
        await job.KillAsync();

        (await Hpccr.RunAsync([.. run, "true"])).FailsWith(1, "checkpoints of an earlier job", $"hpccr rm {name}");
        Assert.Equal("Exited", await job.StateAsync());
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();

        var removed = (await job.RunAsync("rm", name, "--json")).EndsWith(0).Json;
        Assert.Equal(1, removed.GetProperty("epochs").GetInt32());
        Assert.False(Directory.Exists(job.Folder));
        (await job.RunAsync("status", name)).FailsWith(3, name);
        (await Hpccr.RunAsync([.. run, "sh", "-c", "exit 4"])).EndsWith(0);
        (await Hpccr.RunAsync("wait", name)).EndsWith(4);
    }
}
