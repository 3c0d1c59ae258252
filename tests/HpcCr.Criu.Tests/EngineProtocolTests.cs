using Google.Protobuf;
using HpcCr.Criu.Tests.Harness;
using HpcCr.Criu.Wire;

namespace HpcCr.Criu.Tests;

/// <summary>Against an engine that says what a real one seldom or never says.</summary>
public sealed class EngineProtocolTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeEngine _fake = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DumpOptions Options => new() { ImagesDirectory = _folder.Path, RootPid = 77, MaximumSilence = TimeSpan.FromSeconds(5) };

    public void Dispose()
    {
        _fake.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task DumpAsync_SendsTheOptionsOfTheDesign()
    {
        var dump = _fake.Engine.DumpAsync(Options with { FreezeCgroup = "/cg", External = ["unix[5]"] }, AcceptAll.Instance, Token);
        var options = (await _fake.ReceiveAsync()).Options;
        Assert.Equal(77, options.Pid);
        Assert.Equal(_folder.Path, new FileInfo($"/proc/self/fd/{options.ImagesDirFd}").LinkTarget);
        Assert.True(options is { LeaveRunning: true, TcpEstablished: true, FileLocks: true, LinkRemap: true, ExternalUnixSockets: true });
        Assert.True(options is { Notify: true, HasShellJob: true, ShellJob: false, HasImagesDir: false });
        Assert.Equal((NetworkLock.Skip, Wire.CgroupMode.Ignore, 1u << 30), (options.NetworkLock, options.CgroupMode, options.GhostLimit));
        Assert.Equal(("/cg", 10u, "dump.log", 4), (options.FreezeCgroup, options.Timeout, options.LogFile, options.LogLevel));
        Assert.Equal(["mnt[]:ms", "unix[5]"], options.External);
        _fake.Send(new Response { Type = RequestType.Dump, Success = true, ErrorMessage = "Error (a.c:1): rlimit: Can't setup RLIMIT_NOFILE" });
        Assert.True((await dump).Succeeded);
    }

    [Fact]
    public async Task DumpAsync_OfAnUnknownNotification_GoesOnAndKeepsItInTheTrace()
    {
        var asked = new List<CriuNotification>();
        var dump = _fake.Engine.DumpAsync(Options, new Answers(n => { asked.Add(n); return false; }), Token);
        await _fake.ReceiveAsync();
        _fake.Notify("pre-something-new");
        Assert.True((await _fake.ReceiveAsync()).NotifySuccess);
        _fake.Send(new Response { Type = RequestType.Dump, Success = true });
        var outcome = await dump;
        Assert.True(outcome.Succeeded);
        Assert.Empty(asked);
        Assert.Equal("pre-something-new", Assert.Single(outcome.Notifications).Notification.Name);
    }

    [Fact]
    public async Task DumpAsync_OfExternalFilesFromTheHandler_AnswersTheQueryWithThem()
    {
        var dump = _fake.Engine.DumpAsync(Options, new WithExternalFiles(), Token);
        await _fake.ReceiveAsync();
        _fake.Notify("query-ext-files");
        var answer = await _fake.ReceiveAsync();
        Assert.True(answer.NotifySuccess);
        Assert.Equal(["tty[1:2]"], answer.Options.External);
        Assert.True(answer.Options.HasImagesDirFd);
        _fake.Send(new Response { Type = RequestType.Dump, Success = true });
        Assert.True((await dump).Succeeded);
    }

    [Fact]
    public async Task DumpAsync_WhenTheEngineFailsWithoutALog_TakesItsOwnWords()
    {
        var dump = _fake.Engine.DumpAsync(Options, AcceptAll.Instance, Token);
        await _fake.ReceiveAsync();
        _fake.Send(new Response { Type = RequestType.Dump, Success = false, ErrorNumber = 53, ErrorMessage = "chilly weather" });
        var failure = (await dump).Failure!;
        Assert.Equal((53, null), (failure.Errno, failure.Rule));
        Assert.Equal("The engine failed: chilly weather.", failure.Cause);
        Assert.Empty(failure.Excerpt);
    }

    [Fact]
    public async Task DumpAsync_WhenTheEngineFallsSilent_ThrowsEngineSilent()
    {
        var options = Options with { MaximumSilence = TimeSpan.FromMilliseconds(50) };
        await Assert.ThrowsAsync<EngineSilentException>(() => _fake.Engine.DumpAsync(options, AcceptAll.Instance, Token));
    }

    [Fact]
    public async Task DumpAsync_OfGarbage_ThrowsEngineProtocol()
    {
        foreach (var garbage in new byte[][] { [0xff, 0xff, 0xff], [0x08], [0x0b, 0x0c], new byte[9000], [0x10, 0x01] })
        {
            using var fake = new FakeEngine();
            fake.Send(garbage);
            await Assert.ThrowsAsync<EngineProtocolException>(() => fake.Engine.DumpAsync(Options, AcceptAll.Instance, Token));
        }
    }

    [Fact]
    public async Task DumpAsync_OfAMessageCutShort_IsNothingButAProtocolError()
    {
        var whole = new Response
        {
            Type = RequestType.Dump,
            Success = true,
            ErrorNumber = 9,
            ErrorMessage = "text",
            Version = new Wire.Version { Major = 4 },
        }.ToByteArray();
        for (var length = 1; length < whole.Length; length++)
        {
            using var fake = new FakeEngine();
            fake.Send(whole[..length]);
            var fault = await Record.ExceptionAsync(() => fake.Engine.DumpAsync(Options, AcceptAll.Instance, Token));
            if (fault is not null) Assert.IsType<EngineProtocolException>(fault);
        }
    }

    [Fact]
    public async Task DumpAsync_OfTheAnswerToAnotherQuestion_ThrowsEngineProtocol()
    {
        _fake.Send(new Response { Type = RequestType.Restore, Success = true });
        await Assert.ThrowsAsync<EngineProtocolException>(() => _fake.Engine.DumpAsync(Options, AcceptAll.Instance, Token));
    }

    [Fact]
    public async Task DumpAsync_CancelledBefore_SendsNothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fake.Engine.DumpAsync(Options, AcceptAll.Instance, source.Token));
        var version = _fake.Engine.VersionAsync(Token);
        Assert.Equal(RequestType.Version, (await _fake.ReceiveAsync()).Type);
        _fake.Send(new Response { Type = RequestType.Version, Success = true, Version = new Wire.Version { Major = 4, Minor = 2 } });
        Assert.Equal(EngineVersion.Minimum, await version);
    }

    private sealed class WithExternalFiles : INotificationHandler
    {
        public Task<bool> OnAsync(CriuNotification notification, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<IReadOnlyList<string>> QueryExternalFilesAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>(["tty[1:2]"]);
    }
}
