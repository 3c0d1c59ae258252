using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

/// <summary>Connections with keepalive 2 s/1 s/3 and with TCP_USER_TIMEOUT 3 s, bytes waiting, while a gate stays shut for ten seconds.</summary>
[Collection(ManyNodesLab.Name)]
public sealed class T2080_LongLocks(ManyNodesLab lab) : SystemTest(lab)
{
    private const int Steps = 3000;
    private static readonly TimeSpan Gate = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task AGateOfADump_KillsNoConnection_OnEitherNode()
    {
        var job = await StartAsync(7081);
        foreach (var node in (int[])[1, 2])
        {
            var epoch = await ShutAsync(node, "resume", () => job.CheckpointAsync());
            AssertTimersRecorded(epoch);
            await AssertAliveAsync(job);
        }

        await AssertResultAsync(job);
    }

    [Fact]
    public async Task IdleConnectionsInsideTheJob_AreNotLocked_WhenItGoesOn()
    {
        var job = await StartAsync(7082);
        var locks = "";
        var epoch = await ShutAsync(2, "resume", () => job.CheckpointAsync(),
            async () => locks = (await Hpccr.RunAsync("lab", "exec", "node2", "--", "nft", "list", "ruleset")).EndsWith(0).Stdout);
        foreach (var client in Ends(epoch).Where(c => c.Remote.EndsWith(":7082", StringComparison.Ordinal)))
            Assert.Equal(client.SendQueue > 0, locks.Contains(client.Local.Split(':')[1], StringComparison.Ordinal));
        Assert.Contains(Ends(epoch), c => c.KeepAlive && c.SendQueue == 0);
        await job.KillAsync();
    }

    [Fact]
    public async Task AStopThatIsGivenUpAfterALongGate_LeavesTheJobAsItWas()
    {
        var job = await StartAsync(7083);
        await ShutAsync(1, "resume", () => job.RunAsync("checkpoint", job.Name, "--stop"), thenFails: true);
        await AssertAliveAsync(job);
        await AssertResultAsync(job);
    }

    [Fact]
    public async Task AGateOfARestart_KillsNoConnection_AndTheTimersAreAsBefore()
    {
        var job = await StartAsync(7084);
        await ShutAsync(2, "resume", () => job.CheckpointAsync(stop: true));
        foreach (var node in (int[])[1, 2])
        {
            await ShutAsync(node, "go", async () =>
            {
                await job.RestartAsync();
                return 0;
            });
            await AssertAliveAsync(job);
            if (node == 1) await job.KillAsync();
        }

        await AssertResultAsync(job);
    }

    private async Task<TestJob> StartAsync(int port)
    {
        var job = await SpreadJob.StartPairAsync(Lab, TestPrograms.KeepAlive, $"{port} {Steps}", $"{port} {Steps}");
        await job.WaitForLineAsync("step 50");
        return job;
    }

    // The gate opens by the clock: time is what is tested here.
    private async Task<T> ShutAsync<T>(int node, string step, Func<Task<T>> command, Func<Task>? meanwhile = null, bool thenFails = false)
    {
        Lab.SetFaults(node, $"{step} hang");
        var running = command();
        await Task.Delay(Gate, TestContext.Current.CancellationToken);
        if (meanwhile is not null) await meanwhile();
        Assert.False(running.IsCompleted);
        Lab.SetFaults(node, thenFails ? [$"{step} fail"] : []);
        var result = await running;
        Lab.SetFaults(node);
        return result;
    }

    private static async Task AssertAliveAsync(TestJob job)
    {
        await job.WaitForMoreAsync();
        await Await.UntilAsync("timers as the job has set them", () => new[] { job.Lines, ClientLines(job) }
            .All(lines => lines.LastOrDefault(line => line.StartsWith("timers ", StringComparison.Ordinal)) == "timers on"), explain: job.Describe);
        Assert.Equal("Running", await job.StateAsync());
    }

    private static async Task AssertResultAsync(TestJob job) =>
        Assert.Equal(await Undisturbed.FinalLineAsync("sh", "-c",
            $"{TestPrograms.KeepAlive} client 127.0.0.1 7080 {Steps} >/dev/null & exec {TestPrograms.KeepAlive} server 7080 {Steps} --pace-us 0"), await job.ResultAsync());

    private static IReadOnlyList<string> ClientLines(TestJob job) => TestJob.LinesOf(Path.Combine(job.Folder, "node2.log"));

    private static void AssertTimersRecorded(TestEpoch epoch)
    {
        var ends = Ends(epoch).ToList();
        Assert.Equal(2, ends.Count(c => c.KeepAlive));
        Assert.Equal(2, ends.Count(c => c.UserTimeout == 3000));
        Assert.Contains(ends, c => c is { UserTimeout: 3000, SendQueue: > 0 });
    }

    private static IEnumerable<(string Local, string Remote, bool KeepAlive, int UserTimeout, long SendQueue)> Ends(TestEpoch epoch) =>
        JsonDocument.Parse(File.ReadAllText(epoch.Manifest)).RootElement.GetProperty("nodes").EnumerateArray()
            .SelectMany(node => node.GetProperty("connections").EnumerateArray())
            .Select(c => (c.GetProperty("local").GetString()!, c.GetProperty("remote").GetString()!, c.GetProperty("keepAlive").GetBoolean(),
                c.GetProperty("userTimeoutMilliseconds").GetInt32(), c.GetProperty("sendQueue").GetInt64()));
}
