namespace HpcCr.Plugins.Notify;

/// <summary>Tells an application of epochs, by a signal or by a command run beside it: before the job stops, and when it runs again.</summary>
public sealed class Notify : ICheckpointPlugin
{
    private IReadOnlyList<int> _pids = [];

    /// <inheritdoc/>
    public async Task<QuiesceAnswer> QuiesceAsync(IPluginAttempt attempt, QuiesceEvent quiesce, CancellationToken cancellationToken)
    {
        _pids = quiesce.Pids;
        await TellAsync(attempt, "before", cancellationToken);
        return new QuiesceAnswer();
    }

    /// <inheritdoc/>
    public Task ResumedAsync(IPluginAttempt attempt, CancellationToken cancellationToken) => TellAsync(attempt, "after", cancellationToken);

    /// <inheritdoc/>
    public Task AbortedAsync(IPluginAttempt attempt, CancellationToken cancellationToken) =>
        attempt.IsRestart ? Task.CompletedTask : TellAsync(attempt, "after", cancellationToken);

    /// <inheritdoc/>
    public Task RestoredAsync(IPluginAttempt attempt, RestoredEvent restored, CancellationToken cancellationToken)
    {
        _pids = restored.Pids;
        return TellAsync(attempt, "restored", cancellationToken);
    }

    private async Task TellAsync(IPluginAttempt attempt, string when, CancellationToken cancellationToken)
    {
        if (!attempt.Config.TryGetProperty(when, out var json))
            return;
        var notice = Notice.Read(json, when);
        if (notice.Signal is not null)
            attempt.Log($"{when}: SIG{notice.Signal} to {await notice.SignalAsync(_pids, cancellationToken)} processes called {notice.To}");
        if (notice.Run.Count == 0 || (!notice.Everywhere && attempt.Sandbox != attempt.Nodes[0]))
            return;
        var code = await attempt.RunInJobAsync(notice.Run, cancellationToken);
        attempt.Log($"{when}: {notice.Run[0]} ended with {code}");
        if (code != 0 && when == "before")
            throw new PluginVetoException($"{notice.Run[0]} ended with {code} before the epoch", "See what it wrote in the job's folder, or take it out of notify's configuration.");
    }
}
