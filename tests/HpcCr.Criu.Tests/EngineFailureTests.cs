using System.Net;
using System.Net.Sockets;
using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests;

/// <summary>Real failures of the real engine: each becomes one cause and one remedy.</summary>
public sealed class EngineFailureTests(VictimProgram program, ITestOutputHelper output) : IClassFixture<VictimProgram>, IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sysv", "sysv-outside-ipc-namespace")]
    [InlineData("uring", "unpassable-descriptor")]
    [InlineData("inflight", "in-flight-connection")]
    [InlineData("nested", "nested-namespace")]
    [InlineData("traced", "already-traced")]
    public async Task DumpAsync_OfATaskThatCannotBeDumped_NamesCauseAndRemedy(string mode, string rule)
    {
        using var victim = await Victim.StartAsync(program, _folder, mode);
        var outcome = await DumpAsync(Dump(victim));
        AssertFailure(outcome, rule);
        Assert.True(victim.IsAlive);
    }

    [Fact]
    public async Task DumpAsync_OfATaskWithoutASessionOfItsOwn_SaysSo()
    {
        // A container's first process, and so perhaps these tests, may belong to a session whose leader nobody here can see.
        var rule = Native.GetSid(0) == 0 ? "session-outside" : "not-session-leader";
        using var victim = await Victim.StartAsync(program, _folder, "shell");
        AssertFailure(await DumpAsync(Dump(victim)), rule);
        Assert.True(victim.IsAlive);
    }

    [Fact]
    public async Task DumpAsync_OfADeletedFileBeyondTheLimit_NamesFileAndSize()
    {
        using var victim = await Victim.StartAsync(program, _folder, "ghost", _folder.File("deleted"));
        var outcome = await DumpAsync(Dump(victim) with { GhostLimitBytes = 1 << 20 });
        AssertFailure(outcome, "ghost-too-large");
        Assert.Contains($"{_folder.Path}/deleted", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.Contains("2097152", outcome.Failure.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DumpAsync_OfADeletedFileWithinTheLimit_Succeeds()
    {
        using var victim = await Victim.StartAsync(program, _folder, "ghost", _folder.File("deleted"));
        Assert.True((await DumpAsync(Dump(victim))).Succeeded);
    }

    [Fact]
    public async Task DumpAsync_OfAPidThatIsNotThere_NamesIt()
    {
        using var victim = await Victim.StartAsync(program, _folder, "stay");
        var options = Dump(victim);
        victim.Kill();
        AssertFailure(await DumpAsync(options), "task-gone");
    }

    [Fact]
    public async Task DumpAsync_IntoAFullFolder_SaysSo()
    {
        using var victim = await Victim.StartAsync(program, _folder, "memory", "8");
        var options = Dump(victim);
        Assert.Equal(0, Native.Mount("tmpfs", options.ImagesDirectory, "tmpfs", 0, "size=1m"));
        try
        {
            AssertFailure(await DumpAsync(options), "no-space");
            Assert.True(victim.IsAlive);
        }
        finally
        {
            Assert.Equal(0, Native.Unmount(options.ImagesDirectory, 0));
        }
    }

    [Fact]
    public async Task RestoreAsync_OfAFileThatGrew_NamesBothSizes()
    {
        using var victim = await Victim.StartAsync(program, _folder, "grow");
        await DumpAndKillAsync(victim);
        var length = victim.FileLength();
        victim.AppendToFile("more\n");
        var outcome = await RestoreAsync();
        AssertFailure(outcome, "bad-size");
        Assert.Contains($"is now {length + 5} bytes long, but was {length}", outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestoreAsync_OfAFileThatIsGone_NamesIt()
    {
        using var victim = await Victim.StartAsync(program, _folder, "grow");
        await DumpAndKillAsync(victim);
        File.Delete(_folder.File("victim.grow"));
        var outcome = await RestoreAsync();
        AssertFailure(outcome, "file-missing");
        Assert.Contains(_folder.File("victim.grow"), outcome.Failure!.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestoreAsync_OfALogThatGrew_SucceedsAsTheEngineChecksNoLengthThere()
    {
        using var victim = await Victim.StartAsync(program, _folder, "append");
        await DumpAndKillAsync(victim);
        victim.AppendToFile("more\n");
        var outcome = await RestoreAsync();
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
    }

    [Fact]
    public async Task RestoreAsync_WhileThePidIsTaken_NamesIt()
    {
        using var victim = await Victim.StartAsync(program, _folder, "stay");
        Assert.True((await DumpAsync(Dump(victim))).Succeeded);
        var outcome = await RestoreAsync();
        AssertFailure(outcome, "pid-taken");
        Assert.Contains($"Pid {victim.Pid},", outcome.Failure!.Cause, StringComparison.Ordinal);
        Assert.True(victim.IsAlive);
    }

    [Fact]
    public async Task RestoreAsync_WhileThePortIsTaken_SaysSo()
    {
        var port = FreePort();
        using var victim = await Victim.StartAsync(program, _folder, "listen", $"{port}");
        await DumpAndKillAsync(victim);
        using var thief = new TcpListener(IPAddress.Loopback, port);
        thief.Start();
        AssertFailure(await RestoreAsync(), "port-in-use");
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private void AssertFailure(EngineOutcome outcome, string rule)
    {
        var failure = outcome.Failure;
        Assert.NotNull(failure);
        output.WriteLine($"{failure.Rule}: {failure.Cause} -> {failure.Remedy} (errno {failure.Errno})");
        foreach (var error in failure.Excerpt) output.WriteLine($"  {error.Text}");
        Assert.Equal(rule, failure.Rule);
        Assert.Null(outcome.Refusal);
        Assert.NotEmpty(failure.Excerpt);
        Assert.All(failure.Excerpt, error => Assert.InRange(error.Before.Count, 1, 5));
        Assert.DoesNotContain(failure.Excerpt, error => error.Message.Contains("RLIMIT_NOFILE", StringComparison.Ordinal));
        Assert.True(File.Exists(failure.LogPath));
        Assert.DoesNotContain("${", failure.Cause, StringComparison.Ordinal);
    }

    private DumpOptions Dump(Victim victim) => new() { ImagesDirectory = _folder.Fresh("images"), RootPid = victim.Pid };

    private static async Task<DumpOutcome> DumpAsync(DumpOptions options)
    {
        using var engine = await RealEngine.StartAsync();
        return await engine.Engine.DumpAsync(options, AcceptAll.Instance, Token);
    }

    private async Task DumpAndKillAsync(Victim victim)
    {
        var outcome = await DumpAsync(Dump(victim) with { LeaveRunning = false });
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        victim.Reap();
    }

    // What a failed restore leaves as our zombie, if anything, is reaped by the victim's Dispose.
    private async Task<RestoreOutcome> RestoreAsync()
    {
        using var engine = await RealEngine.StartAsync();
        return await engine.Engine.RestoreAsync(
            new RestoreOptions { ImagesDirectory = _folder.Fresh("images") }, AcceptAll.Instance, Token);
    }
}
