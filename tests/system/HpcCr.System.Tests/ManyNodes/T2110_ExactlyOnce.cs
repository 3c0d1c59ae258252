using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2110_ExactlyOnce(ManyNodesLab lab) : SystemTest(lab)
{
    private const int Ranks = 4;
    private const int Cycles = 10;
    private const int Steps = 1200;
    private const int LongestDelay = 300;

    [Fact]
    public async Task TenTimesKilledAtRandomAndRestarted_NowAndThenFromAnOlderEpoch_NothingWasDoneTwiceOrNotAtAll()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var folder = Lab.NewFolder("exact");
        var path = Path.Combine(folder, "out");
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "mpiexact", "--steps", $"{Steps}", "--pace-us", "8000", "--file", path);
        await job.WaitForLineAsync("step ");
        List<TestEpoch> epochs = [];
        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            epochs.Add(await job.CheckpointAsync());
            // The instant is what is random here.
            await Task.Delay(random.Next(LongestDelay), TestContext.Current.CancellationToken);
            await job.KillAsync();
            await job.RestartAsync(random.Next(3) == 0 ? epochs[random.Next(epochs.Count)] : epochs[^1]);
            await Task.Delay(random.Next(LongestDelay), TestContext.Current.CancellationToken);
        }

        var final = await job.FinalAsync();

        var undisturbed = Path.Combine(folder, "undisturbed");
        Assert.Equal(await SpreadJob.UndisturbedAsync(Ranks, "mpiexact", "--steps", $"{Steps}", "--pace-us", "0", "--file", undisturbed), final);
        Assert.Equal(TestJob.LinesOf($"{undisturbed}.record"), TestJob.LinesOf($"{path}.record"));
        for (var rank = 0; rank < Ranks; rank++)
            Assert.Equal(TestJob.LinesOf($"{undisturbed}.{rank}"), TestJob.LinesOf($"{path}.{rank}"));
        // Who is first is not the same every time.
        Assert.Equal(TestJob.LinesOf($"{undisturbed}.all").Order(StringComparer.Ordinal), TestJob.LinesOf($"{path}.all").Order(StringComparer.Ordinal));
        Assert.Equal([.. Enumerable.Range(1, Steps / 20).Select(n => $"step {n * 20}"), final], job.Lines);
    }
}
