using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1220_Intervals(OneNodeLab lab) : SystemTest(lab)
{
    private const int Owner = 4242;
    private static readonly string[] Endless = [TestPrograms.Fill, "--mib", "2", "--steps", "1000000", "--every", "50"];

    [Fact]
    public async Task AnInterval_MakesEpochsOneAfterTheOther_AndKeepRemovesTheOld_AlsoAfterARestart()
    {
        var job = await StartAsync("interval", "--interval", "1s", "--keep", "2");
        await WaitForEpochAsync(job, 4);
        Assert.Equal(2, Committed(job).Count);
        var status = await job.StatusAsync();
        Assert.Equal((1.0, 2), (status.GetProperty("intervalSeconds").GetDouble(), status.GetProperty("keep").GetInt32()));
        await AssertApartAsync(job, TimeSpan.FromSeconds(1));
        await job.KillAsync();
        var before = Committed(job);

        // What was given to `run` goes on.
        await job.RestartAsync();
        await WaitForEpochAsync(job, before[^1] + 2);
        await job.KillAsync();
        Assert.Equal(2, Committed(job).Count);
        Assert.Equal([.. Committed(job).Select(e => $"epoch-{e:D6}")], Directory.EnumerateDirectories(job.Folder, "epoch-*").Select(Path.GetFileName)
            .Where(name => !name!.EndsWith(".partial", StringComparison.Ordinal)).Order());
        foreach (var epoch in Committed(job))
            Assert.Equal("good", (await Hpccr.JsonAsync("verify", Path.Combine(job.Folder, $"epoch-{epoch:D6}"))).GetProperty("signature").GetString());
    }

    [Fact]
    public async Task ARestart_MayChangeTheInterval_AndTurnItOff()
    {
        var job = await StartAsync("change", "--interval", "10m");
        Assert.Equal(600, (await job.StatusAsync()).GetProperty("intervalSeconds").GetDouble());
        Assert.True((await job.StatusAsync()).GetProperty("nextEpoch").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddMinutes(9));
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--interval", "1s", "--keep", "1");
        await WaitForEpochAsync(job, 2);
        await job.KillAsync();
        await job.RestartAsync(null, "--interval", "off", "--keep", "all");
        var status = await job.StatusAsync();
        Assert.All((string[])["intervalSeconds", "keep", "nextEpoch"], name => Assert.Equal(JsonValueKind.Null, status.GetProperty(name).ValueKind));
        await job.KillAsync();
    }

    [Fact]
    public async Task AnEpochThatFails_IsShownAndTriedAgain_AndTheJobRunsOn()
    {
        var job = await StartAsync("retry", "--interval", "1s");
        Lab.SetFaults(1, "dump fail");
        try
        {
            await Await.UntilAsync("the failure to be shown", async () =>
                (await job.StatusAsync()).GetProperty("lastError").GetString()!.Contains("dump failed", StringComparison.Ordinal), null, job.Describe);
            Assert.Contains("next epoch", (await job.RunAsync("status", job.Name)).EndsWith(0).Stdout, StringComparison.Ordinal);
        }
        finally
        {
            Lab.SetFaults(1);
        }

        await job.WaitForMoreAsync();
        await Await.UntilAsync("an epoch after all", () => Committed(job).Count > 0, null, job.Describe);
        await job.KillAsync();
    }

    [Fact]
    public async Task Prune_RemovesTheOldest_SaysSoFirst_AndNeverTheLastGoodOne()
    {
        var job = await StartAsync("prune");
        for (var i = 0; i < 4; i++) await job.CheckpointAsync();
        await job.KillAsync();
        var dry = (await job.RunAsync("prune", job.Name, "--keep", "3", "--dry-run", "--json")).EndsWith(0).Json;
        Assert.Equal([1], dry.GetProperty("removed").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal([1, 2, 3, 4], Committed(job));
        // A leftover of a removal that was cut short.
        Directory.Move(Path.Combine(job.Folder, "epoch-000001"), Path.Combine(job.Folder, "epoch-000001.removing"));
        // The two newest are damaged: the newest good one is older than what is to be kept.
        File.AppendAllText(Path.Combine(job.Folder, "epoch-000004", "manifest.json"), " ");
        File.Delete(Directory.GetFiles(Path.Combine(job.Folder, "epoch-000003", "node1", "images")).First());
        var pruned = (await job.RunAsync("prune", job.Name, "--keep", "1", "--json")).EndsWith(0).Json;
        Assert.Equal([3], pruned.GetProperty("removed").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal([2, 4], pruned.GetProperty("kept").EnumerateArray().Select(e => e.GetInt32()));
        Assert.False(Directory.Exists(Path.Combine(job.Folder, "epoch-000001.removing")));
        await job.RestartAsync(new TestEpoch(2, Path.Combine(job.Folder, "epoch-000002"), 0, 0, 0, pruned));
        await job.KillAsync();
    }

    [Fact]
    public async Task Prune_WhereNoEpochIsGood_RemovesNone()
    {
        var job = await StartAsync("none");
        for (var i = 0; i < 2; i++) await job.CheckpointAsync();
        await job.KillAsync();
        foreach (var epoch in Committed(job)) File.AppendAllText(Path.Combine(job.Folder, $"epoch-{epoch:D6}", "manifest.json"), " ");
        (await job.RunAsync("prune", job.Name, "--keep", "1")).FailsWith(5, ["none was removed"]);
        Assert.Equal(2, Committed(job).Count);
    }

    [Fact]
    public async Task Prune_DuringARestart_LeavesTheEpochThatIsRead()
    {
        var job = await StartAsync("reading");
        for (var i = 0; i < 3; i++) await job.CheckpointAsync();
        await job.KillAsync();
        Lab.SetFaults(1, "preparerestore hang");
        await using var restart = Hpccr.Start(job.Options, "restart", Path.Combine(job.Folder, "epoch-000001"), "--detach");
        await job.WaitForStateAsync("Starting");
        var pruned = (await job.RunAsync("prune", job.Name, "--keep", "1", "--json")).EndsWith(0).Json;
        Lab.SetFaults(1);
        Assert.Equal([2], pruned.GetProperty("removed").EnumerateArray().Select(e => e.GetInt32()));
        (await restart.EndAsync()).EndsWith(0);
        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    [Theory]
    [InlineData("--keep", "0")]
    [InlineData("--keep", "-1")]
    [InlineData("--keep", "many")]
    [InlineData("--interval", "0s")]
    [InlineData("--interval", "10")]
    [InlineData("--interval", "off")]
    public async Task AScheduleThatIsNone_IsWrongUsage(string option, string value) =>
        (await Hpccr.RunAsync("run", "--detach", option, value, "--", "true")).FailsWith(2, [option]);

    [Fact]
    public async Task Prune_OfWhatIsNotThere_OrOfSomebodyElse_IsRefused()
    {
        (await Hpccr.RunAsync("prune", "no-such-job", "--keep", "1")).FailsWith(3);
        (await Hpccr.RunAsync("prune", "no-such-job")).FailsWith(2, ["--keep"]);
        var job = await StartAsync("mine");
        var other = job with { Options = CommandOptions.AsUser(Owner + 1) };
        (await other.RunAsync("prune", job.Name, "--keep", "1")).FailsWith(4);
        await job.KillAsync();
    }

    private async Task<TestJob> StartAsync(string stem, params string[] options)
    {
        var folder = Lab.NewFolder("user");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", folder])).EndsWith(0);
        var job = await TestJob.StartAsync(Lab, stem, ["--ckpt-dir", folder, .. options], CommandOptions.AsUser(Owner) with { WorkingDirectory = folder }, Endless);
        await job.WaitForLineAsync("ready ");
        return job;
    }

    private static List<int> Committed(TestJob job) =>
        [.. Directory.EnumerateDirectories(job.Folder, "epoch-*").Select(path => Path.GetFileName(path)).Where(name => name.Length == "epoch-000001".Length)
            .Select(name => int.Parse(name["epoch-".Length..])).Order()];

    // The epoch and, with it, the removal of old ones is over.
    private static Task WaitForEpochAsync(TestJob job, int number) => Await.UntilAsync($"epoch {number}", async () =>
        (await job.StatusAsync()).GetProperty("epochs").EnumerateArray().Any(e => e.GetInt32() >= number) && await job.StateAsync() == "Running", null, job.Describe);

    private async Task AssertApartAsync(TestJob job, TimeSpan interval)
    {
        var times = (await Hpccr.JsonAsync("list", job.Name)).GetProperty("epochs").EnumerateArray().Select(e => e.GetProperty("time").GetDateTimeOffset()).ToList();
        Assert.True(times.Count > 1);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= interval, $"{pair}"));
    }
}
