using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1010_CheckpointAndGoOn(OneNodeLab lab) : SystemTest(lab)
{
    private const int Epochs = 20;

    [Fact]
    public async Task TwoJobs_EachCheckpointedTwentyTimesInARow_EndWithTheResultsOfUndisturbedRuns()
    {
        // Both run for about twice as long as twenty epochs take.
        string[] threads = [TestPrograms.Threads, "--rounds", "10000", "--every", "10"];
        string[] fill = [TestPrograms.Fill, "--mib", "48", "--steps", "30000", "--every", "100"];
        var ring = await TestJob.StartAsync(Lab, "threads", threads);
        var memory = await TestJob.StartAsync(Lab, "fill", fill);
        await ring.WaitForLineAsync("round ");
        await memory.WaitForLineAsync("ready ");
        for (var epoch = 1; epoch <= Epochs; epoch++)
        {
            // One job's epoch must not matter to the other's.
            var made = await Task.WhenAll(ring.CheckpointAsync(), memory.CheckpointAsync());
            Assert.All(made, m => Assert.Equal(epoch, m.Number));
        }

        Assert.Equal(await Undisturbed.FinalLineAsync([.. threads, "--pace-us", "100"]), await ring.ResultAsync());
        Assert.Equal(await Undisturbed.FinalLineAsync([.. fill, "--pace-us", "0"]), await memory.ResultAsync());
        Assert.Equal(Epochs, (await memory.StatusAsync()).GetProperty("epochs").GetArrayLength());
    }
}
