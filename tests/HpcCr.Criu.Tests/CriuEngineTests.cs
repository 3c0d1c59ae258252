using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests;

/// <summary>Against the real engine: dumps and restores of tasks of our own.</summary>
public sealed class CriuEngineTests(VictimProgram program) : IClassFixture<VictimProgram>, IDisposable
{
    private readonly TestFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task VersionAsync_AndFeatures_ThenDump_GoOverOneConnection()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "count");
        Assert.True(await engine.Engine.VersionAsync(Token) >= EngineVersion.Minimum);
        Assert.True((await engine.Engine.FeatureCheckAsync(Token)).PidfdStore);
        var outcome = await engine.Engine.DumpAsync(Options(victim), AcceptAll.Instance, Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
    }

    [Fact]
    public async Task DumpAsync_LeaveRunning_NotifiesInOrderAndTheTaskGoesOn()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "count");
        var outcome = await engine.Engine.DumpAsync(Options(victim), AcceptAll.Instance, Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        Assert.Equal(
            [CriuNotificationKind.PreDump, CriuNotificationKind.QueryExtFiles, CriuNotificationKind.PostDump],
            outcome.Notifications.Select(trace => trace.Notification.Kind));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "images/inventory.img")));
        await victim.CountsOnFrom(victim.Count());
    }

    [Fact]
    public async Task DumpAsync_RefusedAtPostDump_FailsAndTheTaskGoesOnThoughItWasToBeKilled()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "count");
        var options = Options(victim) with { LeaveRunning = false };
        var outcome = await engine.Engine.DumpAsync(options, Answers.Refusing(CriuNotificationKind.PostDump), Token);
        Assert.Equal("refused", outcome.Failure?.Rule);
        Assert.Equal(new Refusal(CriuNotificationKind.PostDump, RefusalReason.Handler, null), outcome.Refusal);
        await victim.CountsOnFrom(victim.Count());
    }

    [Fact]
    public async Task DumpAsync_WhileThePostDumpGateIsShut_TheTaskStands()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "count");
        var counts = new List<long>();
        var handler = new Answers(async notification =>
        {
            if (notification.Kind != CriuNotificationKind.PostDump) return true;
            counts.Add(victim.Count());
            await Task.Delay(100, Token); // long enough for twenty steps of a task that runs
            counts.Add(victim.Count());
            return true;
        });
        var outcome = await engine.Engine.DumpAsync(Options(victim), handler, Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        Assert.Equal(counts[0], counts[1]);
        Assert.True(outcome.Notifications[^1].Held >= TimeSpan.FromMilliseconds(95));
    }

    [Fact]
    public async Task DumpAsync_WhenTheHandlerThrows_RefusesAndReportsTheException()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "count");
        var thrown = new InvalidOperationException("no quorum");
        var handler = new Answers(n => n.Kind == CriuNotificationKind.PostDump ? throw thrown : true);
        var outcome = await engine.Engine.DumpAsync(Options(victim), handler, Token);
        Assert.Equal(RefusalReason.HandlerFailed, outcome.Refusal?.Reason);
        Assert.Same(thrown, outcome.Refusal?.Exception);
        Assert.Contains("no quorum", outcome.Failure!.Cause, StringComparison.Ordinal);
        await victim.CountsOnFrom(victim.Count());
    }

    [Fact]
    public async Task DumpAsync_WhenCancelledBetweenNotifications_RefusesTheNextAndTheTaskGoesOn()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "count");
        using var source = new CancellationTokenSource();
        var asked = new List<CriuNotificationKind>();
        var handler = new Answers(notification =>
        {
            asked.Add(notification.Kind);
            source.Cancel();
            return true;
        });
        var outcome = await engine.Engine.DumpAsync(Options(victim), handler, source.Token);
        Assert.Equal([CriuNotificationKind.PreDump], asked);
        Assert.Equal(RefusalReason.Cancelled, outcome.Refusal?.Reason);
        Assert.Equal(CriuNotificationKind.QueryExtFiles, outcome.Refusal?.At);
        await victim.CountsOnFrom(victim.Count());
    }

    [Fact]
    public async Task DumpAsync_WhenTheEngineIsKilledInTheGate_ThrowsEngineDied()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "stay");
        var handler = new Answers(notification =>
        {
            if (notification.Kind == CriuNotificationKind.PostDump) engine.Kill();
            return true;
        });
        await Assert.ThrowsAsync<EngineDiedException>(() => engine.Engine.DumpAsync(Options(victim), handler, Token));
    }

    [Fact]
    public async Task VersionAsync_WhenTheEngineIsKilledWhileWeWait_ThrowsEngineDied()
    {
        using var engine = await RealEngine.StartAsync();
        engine.Kill();
        await Assert.ThrowsAsync<EngineDiedException>(() => engine.Engine.VersionAsync(Token));
    }

    [Fact]
    public async Task RestoreAsync_Accepted_TheProgramGoesOnAsOurChild()
    {
        using var victim = await Victim.StartAsync(program, _folder, "count");
        await DumpAndKillAsync(victim);
        var count = victim.Count();
        using var engine = await RealEngine.StartAsync();
        var outcome = await engine.Engine.RestoreAsync(RestoreOptions(), AcceptAll.Instance, Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        Assert.Equal(victim.Pid, outcome.Pid);
        Assert.Equal(
            [
                CriuNotificationKind.PreRestore, CriuNotificationKind.PostRestore,
                CriuNotificationKind.PreResume, CriuNotificationKind.PostResume,
            ],
            outcome.Notifications.Select(trace => trace.Notification.Kind));
        await victim.CountsOnFrom(count);
        Assert.Contains($"\nPPid:\t{Environment.ProcessId}\n", await File.ReadAllTextAsync($"/proc/{victim.Pid}/status", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestoreAsync_RefusedAtPostRestore_FailsAndLeavesNoTask()
    {
        using var victim = await Victim.StartAsync(program, _folder, "count");
        await DumpAndKillAsync(victim);
        var count = victim.Count();
        using var engine = await RealEngine.StartAsync();
        var outcome = await engine.Engine.RestoreAsync(
            RestoreOptions(), Answers.Refusing(CriuNotificationKind.PostRestore), Token);
        Assert.Equal(CriuNotificationKind.PostRestore, outcome.Refusal?.At);
        Assert.Null(outcome.Pid);
        await victim.HasEnded();
        Assert.Equal(count, victim.Count());
    }

    [Fact]
    public async Task RestoreAsync_WhenTheHandlerSaysNoAtPreResume_SucceedsAsRefusingHasNoEffectThere()
    {
        using var victim = await Victim.StartAsync(program, _folder, "count");
        await DumpAndKillAsync(victim);
        using var engine = await RealEngine.StartAsync();
        var outcome = await engine.Engine.RestoreAsync(RestoreOptions(), Answers.Refusing(CriuNotificationKind.PreResume), Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        Assert.Null(outcome.Refusal);
    }

    [Fact]
    public async Task DumpAsync_ByPath_WorksLikeByDescriptor()
    {
        using var engine = await RealEngine.StartAsync();
        using var victim = await Victim.StartAsync(program, _folder, "count");
        var outcome = await engine.Engine.DumpAsync(Options(victim) with { ImagesByPath = true }, AcceptAll.Instance, Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
    }

    [Fact]
    public async Task DumpAsync_WithoutAFolder_SaysSoBeforeTheEngineIsAsked()
    {
        using var engine = await RealEngine.StartAsync();
        var options = new DumpOptions { ImagesDirectory = _folder.File("absent"), RootPid = 1 };
        var fault = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => engine.Engine.DumpAsync(options, AcceptAll.Instance, Token));
        Assert.Contains("No such file or directory", fault.Message, StringComparison.Ordinal);
        Assert.True(await engine.Engine.VersionAsync(Token) >= EngineVersion.Minimum);
    }

    private DumpOptions Options(Victim victim) => new() { ImagesDirectory = _folder.Fresh("images"), RootPid = victim.Pid };

    private RestoreOptions RestoreOptions() => new() { ImagesDirectory = _folder.Fresh("images") };

    private async Task DumpAndKillAsync(Victim victim)
    {
        using var engine = await RealEngine.StartAsync();
        var outcome = await engine.Engine.DumpAsync(Options(victim) with { LeaveRunning = false }, AcceptAll.Instance, Token);
        Assert.True(outcome.Succeeded, outcome.Failure?.Cause);
        victim.Reap();
    }
}
