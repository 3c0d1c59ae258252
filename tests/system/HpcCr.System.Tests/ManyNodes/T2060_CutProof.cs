using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2060_CutProof(ManyNodesLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AFloodOfMegabytes_IsAConsistentCutTenTimes_AndVerifyProvesItAgain()
    {
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "flood", "--rounds", "5000", "--kib", "256", "--pace-us", "50000");
        await job.WaitForLineAsync("round ");
        long most = 0;
        for (var number = 1; number <= 10; number++)
        {
            var epoch = await job.CheckpointAsync();
            Assert.Equal("consistent", epoch.Json.GetProperty("cut").GetString());
            var shown = await ConnectionsAsync(epoch.Path);
            Assert.NotEmpty(shown);
            Assert.All(shown, c => Assert.Equal("consistent", c.GetProperty("verdict").GetString()));
            Assert.Equal(epoch.Connections, shown.Count);
            most = Math.Max(most, shown.Sum(QueuedBytes));
            var verified = await Hpccr.JsonAsync("verify", epoch.Path);
            Assert.Equal((true, "consistent"), (verified.GetProperty("ok").GetBoolean(), verified.GetProperty("cut").GetString()));
        }

        Assert.True(most > 1 << 20, $"no epoch caught a megabyte in the sockets, {most} bytes at most");
        await job.KillAsync();
    }

    [Fact]
    public async Task ConnectionsInEveryStateThatLasts_AreAConsistentCut()
    {
        var job = await TestJob.StartAsync(Lab, "states", TestPrograms.TcpStates, "states");
        await job.WaitForLineAsync("ready ");
        var epoch = await job.CheckpointAsync();
        var shown = await ConnectionsAsync(epoch.Path);
        Assert.All(shown, c => Assert.Equal("consistent", c.GetProperty("verdict").GetString()));
        Assert.Equal(
            [
                "CLOSE_WAIT FIN_WAIT2", "CLOSING FIN_WAIT2", "ESTABLISHED ESTABLISHED", "ESTABLISHED ESTABLISHED", "ESTABLISHED ESTABLISHED",
                "ESTABLISHED ESTABLISHED", "ESTABLISHED FIN_WAIT1", "FIN_WAIT2 LAST_ACK",
            ],
            shown.Select(c => string.Join(' ', new[] { StateOf(c, "end"), StateOf(c, "peer") }.Order())).Order());
        await job.KillAsync();
    }

    [Fact]
    public async Task AProgramThatClosesWithMegabytesQueued_IsAConsistentCutWheneverItIsTaken()
    {
        var job = await SpreadJob.StartPairAsync(Lab, TestPrograms.TcpClose, "7003 60 --hold-ms 50", "7003 60 4000000 --gap-ms 150");
        await job.WaitForLineAsync("round ");
        for (var number = 1; number <= 5; number++)
            Assert.Equal("consistent", (await job.CheckpointAsync()).Json.GetProperty("cut").GetString());
        await job.KillAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ASequenceNumberChangedInAnImage_IsFoundAlsoBehindARightHash(bool alsoInTheManifest)
    {
        var job = await TestJob.StartAsync(Lab, "forged", TestPrograms.TcpStates, "states");
        await job.WaitForLineAsync("ready ");
        var epoch = await job.CheckpointAsync();
        await job.KillAsync();
        ForgedEpoch.ChangeASequenceNumber(epoch, alsoInTheManifest, Lab.KeyFile);
        var verified = (await Hpccr.RunAsync("verify", epoch.Path, "--json")).FailsWith(5, ["not the cut that was committed"]).Json;
        Assert.False(verified.GetProperty("ok").GetBoolean());
        Assert.Contains(alsoInTheManifest ? "expects byte" : "as the manifest has it", verified.GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UrgentData_IsRefusedAndTheJobRunsOn(bool stop)
    {
        var job = await TestJob.StartAsync(Lab, "urgent", TestPrograms.TcpStates, "urgent");
        await job.WaitForLineAsync("ready ");
        (await job.RunAsync(["checkpoint", job.Name, .. stop ? ["--stop"] : Array.Empty<string>()])).FailsWith(6, "urgent data", "127.0.0.1:");
        await Unharmed.NothingLeftAsync(Lab, job);
        Assert.Equal("Running", await job.StateAsync());
        await job.KillAsync();
    }

    private async Task<List<JsonElement>> ConnectionsAsync(string epoch) =>
        [.. (await Hpccr.JsonAsync("show", epoch, "--connections")).GetProperty("connections").EnumerateArray()];

    private static string? StateOf(JsonElement connection, string end) => connection.GetProperty(end).GetProperty("state").GetString();

    private static long QueuedBytes(JsonElement connection) => new[] { "end", "peer" }
        .Sum(end => connection.GetProperty(end).GetProperty("receiveBytes").GetInt64() + connection.GetProperty(end).GetProperty("sendBytes").GetInt64());
}
