using HpcCr.Criu.Wire;

namespace HpcCr.Criu;

/// <summary>CRIU, spoken to over its RPC.</summary>
/// <param name="connection">Our end of the socketpair of a fresh `criu swrk`.</param>
/// <param name="timeProvider">The clock.</param>
public sealed class CriuEngine(CriuConnection connection, TimeProvider? timeProvider = null) : ICheckpointEngine
{
    // What the engine answers without touching a task; it may probe the kernel first (40 ms here).
    private static readonly TimeSpan QuestionDeadline = TimeSpan.FromSeconds(30);
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public async Task<DumpOutcome> DumpAsync(DumpOptions options, INotificationHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        cancellationToken.ThrowIfCancellationRequested();
        using var images = ImagesFolder.Open(options.ImagesDirectory);
        var desk = new NotificationDesk(handler, _time, cancellationToken);
        var result = await ConverseAsync(RequestBuilder.Dump(options, images), desk, options.MaximumSilence);
        return new DumpOutcome
        {
            Failure = FailureBuilder.Build(result, desk.Refusal, options.ImagesDirectory, options.LogFile),
            Refusal = desk.Refusal,
            Notifications = desk.Traces,
            Elapsed = desk.Elapsed,
        };
    }

    /// <inheritdoc/>
    public async Task<RestoreOutcome> RestoreAsync(
        RestoreOptions options, INotificationHandler handler, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        cancellationToken.ThrowIfCancellationRequested();
        using var images = ImagesFolder.Open(options.ImagesDirectory);
        var desk = new NotificationDesk(handler, _time, cancellationToken);
        var result = await ConverseAsync(RequestBuilder.Restore(options, images), desk, options.MaximumSilence);
        return new RestoreOutcome
        {
            Failure = FailureBuilder.Build(result, desk.Refusal, options.ImagesDirectory, options.LogFile),
            Refusal = desk.Refusal,
            Notifications = desk.Traces,
            Elapsed = desk.Elapsed,
            Pid = result.Success && result.Restore is { HasPid: true } ? result.Restore.Pid : null,
        };
    }

    /// <inheritdoc/>
    public async Task<EngineVersion> VersionAsync(CancellationToken cancellationToken = default)
    {
        var answer = await AskAsync(new Request { Type = RequestType.Version, KeepOpen = true }, cancellationToken);
        return answer.Version is { HasMajor: true, HasMinor: true } version
            ? new EngineVersion(version.Major, version.Minor, version.Sublevel)
            : throw new EngineProtocolException("the engine did not tell its version");
    }

    /// <inheritdoc/>
    public async Task<EngineFeatures> FeatureCheckAsync(CancellationToken cancellationToken = default)
    {
        var asked = new Features { MemoryTracking = true, LazyPages = true, PidfdStore = true };
        var request = new Request { Type = RequestType.FeatureCheck, KeepOpen = true, Features = asked };
        var answer = await AskAsync(request, cancellationToken);
        return answer is { Success: true, Features: { } has }
            ? new EngineFeatures(has.MemoryTracking, has.LazyPages, has.PidfdStore)
            : throw new EngineProtocolException("the engine did not tell its features; its kernel probe failed");
    }

    private async Task<Response> AskAsync(Request question, CancellationToken cancellationToken)
    {
        await connection.SendAsync(question, QuestionDeadline, cancellationToken);
        return Expect(question, await connection.ReceiveResponseAsync(QuestionDeadline, cancellationToken));
    }

    // No cancellation here: once the engine has the request, leaving it alone would leave it with the tasks in its hands.
    private async Task<Response> ConverseAsync(Request request, NotificationDesk desk, TimeSpan silence)
    {
        await connection.SendAsync(request, silence, CancellationToken.None);
        while (true)
        {
            var message = await connection.ReceiveResponseAsync(silence, CancellationToken.None);
            if (message.Type != RequestType.Notify) return Expect(request, message);
            var answer = await desk.AnswerAsync(message);
            await connection.SendAsync(answer, silence, CancellationToken.None);
        }
    }

    // A failure may come as EMPTY: the engine did not get as far as to know what it was asked.
    private static Response Expect(Request request, Response answer) =>
        answer.Type == request.Type || (answer.Type == RequestType.Empty && !answer.Success)
            ? answer
            : throw new EngineProtocolException($"the engine answered {answer.Type} to a request for {request.Type}");
}
