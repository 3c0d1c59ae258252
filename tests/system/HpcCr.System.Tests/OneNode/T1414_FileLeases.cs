using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1414_FileLeases(OneNodeLab lab) : SystemTest(lab)
{
    private const int Owner = 4243;

    [Theory]
    [InlineData("write", 0)]
    [InlineData("write", Owner)]
    [InlineData("read", Owner)]
    [InlineData("write-only", Owner)]
    public async Task ACheckpoint_BreaksNone(string kind, int user)
    {
        var folder = Lab.NewFolder("lease");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{user}:{user}", folder])).EndsWith(0);
        var job = await TestJob.StartAsync(Lab, "lease", ["--ckpt-dir", folder], CommandOptions.AsUser(user) with { WorkingDirectory = folder },
            [TestPrograms.Lease, "--file", Path.Combine(folder, "leased"), "--kind", kind, "--steps", "400"]);
        await job.WaitForLineAsync("step 5");
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        Assert.Equal(0, (await job.RunAsync("wait", job.Name)).ExitCode);
        Assert.Equal(Enumerable.Range(1, 400).Select(n => $"step {n} held"), job.Lines);
    }
}
