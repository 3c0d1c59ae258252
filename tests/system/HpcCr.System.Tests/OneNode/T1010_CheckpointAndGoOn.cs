using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1010_CheckpointAndGoOn(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AThreadedProgram_CheckpointedTwentyTimesInARow_EndsWithTheResultOfAnUndisturbedRun()
    {
        string[] command = [TestPrograms.Threads, "--rounds", "2000"];
        var job = await TestJob.StartAsync(Lab, "threads", command);
        await job.WaitForLineAsync("round ");
        for (var epoch = 1; epoch <= 20; epoch++) Assert.Equal(epoch, (await job.CheckpointAsync()).Number);
        Assert.Equal(await Undisturbed.FinalLineAsync(command), await job.ResultAsync());
    }
}
