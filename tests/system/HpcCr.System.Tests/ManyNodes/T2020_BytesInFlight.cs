using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2020_BytesInFlight(ManyNodesLab lab) : SystemTest(lab)
{
    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task MegabytesInFlight_CheckpointedTwentyTimes_AndRestartedFromSeveralEpochs_AreAllThere(string family)
    {
        string[] arguments = ["--rounds", "800", "--kib", "256", "--pace-us", "50000"];
        var job = await SpreadJob.StartMpiAsync(Lab, family, 2, "flood", arguments);
        await job.WaitForLineAsync("round ");
        List<TestEpoch> epochs = [];
        for (var number = 1; number <= 20; number++) epochs.Add(await job.CheckpointAsync());
        Assert.True(epochs.Max(QueuedBytes) > 1 << 20, "no epoch caught a megabyte in the sockets");
        var undisturbed = await SpreadJob.UndisturbedAsync(4, "flood", [.. arguments[..^2], "--pace-us", "0"]);
        await job.KillAsync();
        foreach (var epoch in new[] { epochs[19], epochs[12] })
        {
            await job.RestartAsync(epoch);
            Assert.Equal(undisturbed, await job.FinalAsync());
        }
    }

    private static long QueuedBytes(TestEpoch epoch)
    {
        using var manifest = System.Text.Json.JsonDocument.Parse(File.ReadAllText(epoch.Manifest));
        return manifest.RootElement.GetProperty("nodes").EnumerateArray().SelectMany(n => n.GetProperty("connections").EnumerateArray())
            .Sum(c => c.GetProperty("receiveQueue").GetInt64() + c.GetProperty("sendQueue").GetInt64());
    }
}
