using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>Jobs that start programs all the time are in vfork at any moment: the engine cannot stop a thread there.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1320_StartedPrograms(OneNodeLab lab) : SystemTest(lab)
{
    private const int Epochs = 20;
    private const int LongestPause = 10_000;

    [Fact]
    public async Task EightThreadsThatOnlyStartPrograms_AreCheckpointedTwentyTimes_AndRestart()
    {
        var job = await TestJob.StartAsync(Lab, "vfork", TestPrograms.VforkStorm, "--every", "50");
        await job.WaitForLineAsync("started ");
        for (var epoch = 1; epoch <= Epochs; epoch++)
            Assert.InRange((await job.CheckpointAsync(stop: epoch == Epochs)).PauseMilliseconds, 0, LongestPause);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        Assert.Equal("Running", await job.StateAsync());
        await job.KillAsync();
    }

    [Fact]
    public async Task AChildThatStaysInVfork_IsNamed_AndTheJobGoesOn()
    {
        var job = await TestJob.StartAsync(Lab, "vfork", TestPrograms.VforkStorm, "--threads", "2", "--every", "5", "--delay-ms", "60000");
        await job.WaitForLineAsync("started 20");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, "is in vfork: its child", "on node1");
        await job.WaitForMoreAsync();
        Assert.Equal("Running", await job.StateAsync());
        await job.KillAsync();
    }

    [Fact]
    public async Task APauseLongerThanAllowed_GivesTheCheckpointUp_AndNamesTheOption()
    {
        var job = await TestJob.StartAsync(Lab, "pause", TestPrograms.Fill, "--mib", "8", "--steps", "1000000", "--every", "100");
        await job.WaitForLineAsync("ready ");
        Lab.SetFaults(1, "drain hang");
        try
        {
            (await job.RunAsync("checkpoint", job.Name, "--max-pause", "1s")).FailsWith(1, "had been stopped for 1 s", "--max-pause");
        }
        finally
        {
            Lab.SetFaults(1);
        }

        await job.WaitForMoreAsync();
        await job.CheckpointAsync();
        await job.KillAsync();
    }
}
