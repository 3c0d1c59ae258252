using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1090_Interrupts(OneNodeLab lab) : SystemTest(lab)
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task ASignalToTheForegroundCommand_ReachesTheJob(string signal)
    {
        await using var run = Start($"trap 'echo caught; exit 9' {signal}; echo ready; while :; do sleep 0.05; done", out _);
        await Await.UntilAsync("the job to be ready", () => run.Stdout.Contains("ready\n", StringComparison.Ordinal));
        run.Signal(signal);
        var ended = (await run.EndAsync()).EndsWith(9);
        Assert.Equal("ready\ncaught\n", ended.Stdout);
    }

    [Fact]
    public async Task ASecondCtrlC_EndsAJobThatIgnoresTheFirst()
    {
        await using var run = Start("trap '' INT; echo ready; while :; do sleep 0.05; done", out var name);
        await Await.UntilAsync("the job to be ready", () => run.Stdout.Contains("ready\n", StringComparison.Ordinal));
        run.Signal("INT");
        await Await.UntilAsync("the first to be passed on", () => run.Stderr.Contains("Ctrl-C", StringComparison.Ordinal));
        Assert.False(run.HasEnded);
        run.Signal("INT");
        (await run.EndAsync()).EndsWith(137);
        var status = await Hpccr.JsonAsync("status", name);
        Assert.Equal("Exited", status.GetProperty("state").GetString());
        Assert.All(status.GetProperty("nodes").EnumerateArray(), node => Assert.Equal(0, node.GetProperty("pids").GetArrayLength()));
    }

    private RunningCommand Start(string script, out string name)
    {
        name = Lab.NewName("interrupt");
        return Hpccr.Start("run", "--name", name, "--", "sh", "-c", script);
    }
}
