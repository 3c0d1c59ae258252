using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1040_Surroundings(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AProgramThatChecksPidHostNameProcAndEnvironment_FindsThemUnchanged_ThroughThreeGenerations()
    {
        var job = await TestJob.StartAsync(Lab, "selfcheck", TestPrograms.SelfCheck, "--steps", "150", "--pace-us", "50000", "--skip", "processors");
        await job.WaitForLineAsync("ok 2");
        for (var generation = 1; generation <= 3; generation++)
        {
            // Each epoch is one of the job that the epoch before brought back.
            Assert.Equal(generation, (await job.CheckpointAsync()).Number);
            await job.WaitForMoreAsync();
            await job.KillAsync();
            await job.RestartAsync();
            await job.WaitForMoreAsync();
        }

        Assert.Equal("final ok", await job.ResultAsync());
        Assert.Empty(job.Stderr);
    }
}
