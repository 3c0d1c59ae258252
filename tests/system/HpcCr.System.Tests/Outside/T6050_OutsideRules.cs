using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Outside;

/// <summary>What becomes of connections to programs outside the job, by rules and without.</summary>
[Collection(ManyNodesLab.Name)]
public sealed class T6050_OutsideRules(ManyNodesLab lab) : SystemTest(lab)
{
    private const string Host4 = "10.88.0.14";
    private const string Host6 = "fd88::14";
    private const string Unread = "['OK reader0', 'SUM 1', '']";

    [Theory]
    [InlineData(Host4, null, "node2", "the job finds it closed")]
    [InlineData(Host6, null, "node2", "the job finds it closed")]
    [InlineData("::ffff:" + Host4, null, "node2", "the job finds it closed")]
    [InlineData(Host4, "*=close", "node1", "which the job finds closed after a restart")]
    [InlineData(Host6, "[fd88::14]=close", "node2", "which the job finds closed after a restart")]
    public async Task AConnectionThatIsClosed_IsReadToItsEnd_AlsoAfterAnotherEpoch(string host, string? rule, string target, string told)
    {
        await using var server = await StartServerAsync(host);
        var (job, flag) = await StartAsync(host, server.Port, rule);
        Assert.Contains(told, (await job.RunAsync("check", job.Name)).EndsWith(0).Stdout, StringComparison.Ordinal);
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(options: ["--nodes", target]);
        // Nothing of it is outside any more, and it can be dumped again.
        Assert.DoesNotContain("outside the job", (await job.RunAsync("check", job.Name)).EndsWith(0).Stdout, StringComparison.Ordinal);
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(options: ["--nodes", "node1"]);
        File.WriteAllText(flag, "");
        await job.ResultAsync();
        Assert.Contains($"read {Unread} end", job.Lines);
        Assert.Contains(job.Lines, line => line is "write BrokenPipeError" or "write ConnectionResetError");
        // Its peer has heard nothing of what was written after the end.
        Assert.DoesNotContain("closed reader0", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnectionThatIsKept_GoesOnWhereItWas_AndElsewhereTheRestartIsRefused()
    {
        await using var server = await StartServerAsync(Host4);
        var hold = Path.Combine(Lab.NewFolder("kept"), "hold");
        File.WriteAllText(hold, "");
        var job = await TestJob.StartAsync(Lab, "kept", ["--nodes", "node1", "--outside", $"{Host4}:{server.Port}=keep"],
            CommandOptions.Default, ["env", $"HOLD={hold}", TestPrograms.Session, Host4, $"{server.Port}", "20"]);
        await job.WaitForLineAsync("step 5");
        await job.CheckpointAsync(stop: true);
        (await job.RunAsync("restart", job.Name, "--nodes", "node2")).FailsWith(6, ["outside the job is to be kept", "restart it on node1", $"--outside {Host4}:{server.Port}=close"]);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        // A rule that comes with a restart is before the job's own.
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(options: ["--nodes", "node2", "--outside", "*=close"]);
        await job.WaitForLineAsync("ended");
        await job.KillAsync();
        await job.RestartAsync(options: ["--nodes", "node1"]);
        await job.WaitForMoreAsync();
        File.Delete(hold);
        Assert.Equal("final 210", await job.ResultAsync());
        Assert.DoesNotContain("failed", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AForbiddenConnection_KeepsEpochsFromBeingMade_UntilItIsClosed()
    {
        await using var server = await StartServerAsync(Host4);
        var (job, flag) = await StartAsync(Host4, server.Port, $"{Host4}=fail");
        (await job.RunAsync("check", job.Name)).FailsWith(6, ["which a rule of the job forbids", "(descriptor "]);
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, ["reader.py (pid ", $"is connected to {Host4}:{server.Port}", "nothing was frozen"]);
        await Unharmed.NothingLeftAsync(Lab, job);
        File.WriteAllText(flag, "");
        await server.DisposeAsync();
        await job.ResultAsync();
    }

    [Fact]
    public async Task AProgramOnANodeOfTheJob_StaysThePeer_WhenAnotherPartMoves()
    {
        // The server is on node1, outside the job; the job's part on node1 moves away, and the one on node2 stays and keeps its connection.
        await using var server = await OutsideServer.StartAsync(Lab, "node1");
        var hold = Path.Combine(Lab.NewFolder("stays"), "hold");
        File.WriteAllText(hold, "");
        var job = await SpreadJob.StartAsync(Lab, 2, CommandOptions.Default, ["--outside", "*=keep"],
            ["sh", "-c", $"\"$OMPI_MCA_plm_rsh_agent\" node2 env HOLD={hold} {TestPrograms.Session} 10.88.0.11 {server.Port} 20 && exec sleep 300"]);
        var output = Path.Combine(job.Folder, "node2.log");
        await Await.UntilAsync("steps", () => File.Exists(output) && TestJob.LinesOf(output).Contains("step 5"));
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(options: ["--nodes", "node3,node2"]);
        File.Delete(hold);
        await Await.UntilAsync("the result", () => TestJob.LinesOf(output).Contains("final 210"), null, () => File.ReadAllText(output) + server.Said);
        await job.KillAsync();
    }

    [Theory]
    [InlineData("redis:6379=close")]
    [InlineData("10.0.0.7=shut")]
    [InlineData("fd00::7:1:2:3:4:5:6:7=keep")]
    [InlineData("10.0.0.7:0=keep")]
    public async Task ARuleThatIsNone_IsRefusedWithTheWayToWriteIt(string rule) =>
        (await Hpccr.RunAsync("run", "--outside", rule, "--detach", "--", "true")).FailsWith(2, [rule, "ADDRESS[:PORT]=close, =fail or =keep"]);

    private Task<OutsideServer> StartServerAsync(string host) => OutsideServer.StartAsync(Lab, "node4", host == Host6 ? "::" : "0.0.0.0");

    private async Task<(TestJob Job, string Flag)> StartAsync(string host, int port, string? rule)
    {
        var flag = Path.Combine(Lab.NewFolder("outside"), "flag");
        var job = await TestJob.StartAsync(Lab, "outside", ["--nodes", "node1", .. rule is null ? Array.Empty<string>() : ["--outside", rule]],
            CommandOptions.Default, [TestPrograms.Reader, host, $"{port}", flag]);
        await job.WaitForLineAsync("held");
        return (job, flag);
    }
}
