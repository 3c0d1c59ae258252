using System.Text.Json;
using HpcCr.Cli.Tests.Support;
using HpcCr.Linux;

namespace HpcCr.Cli.Tests;

/// <summary>The commands against a coordinator that says what a test wants.</summary>
public sealed class CommandTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_InTheForeground_ShowsTheJobsOutputAndEndsWithItsExitCode()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        using var run = Hpccr.Start(coordinator.Socket, "run", "--name", "s", "--nodes", "node1", "--", "prog", "a b", "--json");
        await UntilAsync(() => coordinator.Asked is not null);
        coordinator.Write("stdout.log", "one\n");
        coordinator.Write("stderr.log", "bad\n");
        coordinator.Write("stdout.log", "two");
        coordinator.End(JobState.Exited, 42);
        Assert.Equal((42, "one\ntwo", "bad\n"), await run.EndAsync());
        Assert.Equal(["prog", "a b", "--json"], coordinator.Asked!.Command);
        Assert.Equal(16, coordinator.Asked.Limits.Count);
        Assert.False(coordinator.Asked.Environment.ContainsKey("HPCCR_COORDINATOR"));
        Assert.Equal("/nonexistent/hpccr-ckpt", coordinator.Asked.Environment["HPCCR_CKPT_DIR"]);
        Assert.Equal(Environment.CurrentDirectory, coordinator.Asked.WorkingDirectory);
    }

    [Fact]
    public async Task Run_Detached_SaysJobAndState()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        var (exitCode, document, _) = await Hpccr.JsonAsync(coordinator.Socket, "run", "--detach", "--json", "--", "prog");
        Assert.Equal(0, exitCode);
        Assert.Equal(["job", "state"], Names(document));
        Assert.Equal("Running", document.GetProperty("state").GetString());
        Assert.StartsWith("prog-", coordinator.Asked!.Name, StringComparison.Ordinal);
        Assert.Equal("job s\n", (await Hpccr.RunAsync(coordinator.Socket, "run", "--detach", "--", "prog")).Output);
    }

    [Fact]
    public async Task Run_OfAJobThatIsStopped_EndsWithZeroAndSaysHowToGoOn()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        coordinator.End(JobState.Stopped, null);
        var (exitCode, _, errors) = await Hpccr.RunAsync(coordinator.Socket, "run", "--", "prog");
        Assert.Equal(0, exitCode);
        Assert.Contains("hpccr restart s", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfAJobThatIsLost_EndsWithSevenAndTheReasonInTheDocument()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        coordinator.Job.Reason = "node1 is gone";
        coordinator.End(JobState.Lost, null);
        var (exitCode, document, errors) = await Hpccr.JsonAsync(coordinator.Socket, "run", "--json", "--", "prog");
        Assert.Equal(7, exitCode);
        Assert.Equal("job s was lost: node1 is gone", document.GetProperty("error").GetProperty("what").GetString());
        Assert.Contains("node1 is gone", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_IsTheJobsFirst_AndTheSecondKillsIt()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        using var run = Hpccr.Start(coordinator.Socket, "run", "--", "prog");
        await UntilAsync(() => coordinator.Asked is not null);
        using var process = PidFd.Open(run.Pid);
        process.SendSignal(Signals.Terminate);
        await UntilAsync(() => Count(coordinator) == 1);
        process.SendSignal(Signals.Interrupt);
        await UntilAsync(() => Count(coordinator) == 2);
        process.SendSignal(Signals.Interrupt);
        Assert.Equal(137, (await run.EndAsync()).ExitCode);
        Assert.Equal([Signals.Terminate, Signals.Interrupt, -1], coordinator.Signals);
    }

    [Fact]
    public async Task Checkpoint_SaysWhatTheContractNames()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        var (exitCode, document, _) = await Hpccr.JsonAsync(coordinator.Socket, "checkpoint", "s", "--stop", "--json");
        Assert.Equal(0, exitCode);
        Assert.Subset(Names(document).ToHashSet(), new HashSet<string>(["job", "epoch", "path", "pauseMs", "phasesMs", "bytes", "connections", "cut"]));
        Assert.Equal(["quiesce", "freeze", "drain", "lock", "dump", "resume", "seal", "commit"], Names(document.GetProperty("phasesMs")));
        Assert.Equal(12.5, document.GetProperty("pauseMs").GetDouble());
        Assert.True(document.GetProperty("stopped").GetBoolean());

        var (_, output, errors) = await Hpccr.RunAsync(coordinator.Socket, "checkpoint", "s");
        Assert.Contains("path         /ckpt/s/epoch-000003\n", output, StringComparison.Ordinal);
        Assert.Equal("hpccr: freeze: waiting for node1\n", errors);
    }

    [Fact]
    public async Task Status_SaysWhatTheContractNames()
    {
        await using var coordinator = await FakeCoordinator.StartAsync();
        var (_, job, _) = await Hpccr.JsonAsync(coordinator.Socket, "status", "s", "--json");
        Assert.Subset(Names(job).ToHashSet(), new HashSet<string>(["job", "state", "nodes", "exitCode", "epochs"]));
        Assert.Equal(["node", "state", "pids"], Names(job.GetProperty("nodes")[0]));
        Assert.Equal(JsonValueKind.Null, job.GetProperty("exitCode").ValueKind);
        var (_, all, _) = await Hpccr.JsonAsync(coordinator.Socket, "status", "--json");
        Assert.Equal(["jobs", "nodes"], Names(all));
    }

    [Theory]
    [InlineData(FailureKind.Failed, "checkpoint s", 1)]
    [InlineData(FailureKind.NotFound, "checkpoint s", 3)]
    [InlineData(FailureKind.NotAllowed, "checkpoint s", 4)]
    [InlineData(FailureKind.Unsupported, "checkpoint s", 6)]
    [InlineData(FailureKind.JobLost, "checkpoint s", 7)]
    [InlineData(FailureKind.Failed, "run -- prog", 125)]
    [InlineData(FailureKind.Failed, "run --detach -- prog", 1)]
    [InlineData(FailureKind.Internal, "run -- prog", 125)]
    public async Task AFailureOfTheCoordinator_IsToldOnStandardErrorAndInTheDocument(FailureKind kind, string words, int expected)
    {
        await using var coordinator = await FakeCoordinator.StartAsync(new HpcCrException(kind, "it broke on node1", "Mend it."));
        var split = words.Split(' ');
        var (exitCode, document, errors) = await Hpccr.JsonAsync(coordinator.Socket, [split[0], "--json", .. split[1..]]);
        Assert.Equal(expected, exitCode);
        Assert.Equal("hpccr: it broke on node1. Mend it.\n", errors);
        Assert.Equal(expected, document.GetProperty("error").GetProperty("exitCode").GetInt32());
        Assert.Equal($"{kind}", document.GetProperty("error").GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("frobnicate", 2)]
    [InlineData("checkpoint ../x", 2)]
    [InlineData("checkpoint s", 3)]
    [InlineData("status s", 3)]
    [InlineData("status", 3)]
    [InlineData("wait s", 3)]
    [InlineData("kill s", 3)]
    [InlineData("logs s", 3)]
    [InlineData("show s", 3)]
    [InlineData("verify /nonexistent/epoch-000001", 3)]
    [InlineData("lab status", 3)]
    public async Task WithoutACoordinator_ACommandSaysSo(string words, int expected)
    {
        var (exitCode, document, errors) = await Hpccr.JsonAsync(null, [.. words.Split(' '), "--json"]);
        Assert.Equal(expected, exitCode);
        Assert.StartsWith("hpccr: ", errors, StringComparison.Ordinal);
        Assert.Equal(1, errors.Count(c => c == '\n'));
        Assert.Equal(expected, document.GetProperty("error").GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task EveryCommand_TellsMoreAboutItself() =>
        Assert.All(
            await Task.WhenAll(Cli.CommandLine.CommandTable.All.Select(entry => Hpccr.RunAsync(null, [.. entry.Name.Split(' '), "--help"]))),
            help => Assert.True(help.ExitCode == 0 && help.Output.Contains("Example:\n  hpccr ", StringComparison.Ordinal)));

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static int Count(FakeCoordinator coordinator)
    {
        lock (coordinator.Signals) return coordinator.Signals.Count;
    }

    private static async Task UntilAsync(Func<bool> isSo) =>
        Assert.True(await Processes.Poll.UntilAsync(isSo, TimeSpan.FromSeconds(30), Cancelled));
}
