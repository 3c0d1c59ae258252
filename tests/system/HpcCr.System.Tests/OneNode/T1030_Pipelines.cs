using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1030_Pipelines(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AShellWithAPipelineOfProcesses_KilledAndRestarted_LosesNothingInItsPipes()
    {
        var job = await TestJob.StartAsync(Lab, "pipeline", TestPrograms.Pipeline, "20000", "200", "1000");
        await job.WaitForLineAsync("record 1000");
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        var epoch = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        Assert.Equal(await Undisturbed.FinalLineAsync(TestPrograms.Pipeline, "20000", "0"), await job.ResultAsync());
        Assert.Equal("pipeline ended with 0", job.Lines[^1]);
    }
}
