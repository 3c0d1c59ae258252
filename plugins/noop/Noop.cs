namespace HpcCr.Plugins.Noop;

/// <summary>The tutorial: it takes part in an epoch and in a restart, and changes nothing. Copy it and write what you need.</summary>
public sealed class Noop : ICheckpointPlugin
{
    /// <inheritdoc/>
    public Task<QuiesceAnswer> QuiesceAsync(IPluginAttempt attempt, QuiesceEvent quiesce, CancellationToken cancellationToken)
    {
        attempt.Log($"{quiesce.Pids.Count} processes, {quiesce.Connections.Count} connections to the outside");
        return Task.FromResult(new QuiesceAnswer());
    }

    /// <inheritdoc/>
    public async Task<PreDumpAnswer> PreDumpAsync(IPluginAttempt attempt, PreDumpEvent preDump, CancellationToken cancellationToken)
    {
        // The job stands still from here to Resumed: be quick. All sandboxes meet here, and the first tells the others something.
        if (attempt.Sandbox == attempt.Nodes[0])
            await attempt.PutAsync("greeting", $"hello from {attempt.Node}", cancellationToken);
        await attempt.BarrierAsync("all still", cancellationToken);
        return new PreDumpAnswer { State = await attempt.GetAsync("greeting", cancellationToken) };
    }

    /// <inheritdoc/>
    public Task PreRestoreAsync(IPluginAttempt attempt, PreRestoreEvent preRestore, CancellationToken cancellationToken)
    {
        attempt.Log($"epoch {attempt.Epoch} says: {preRestore.State}");
        return Task.CompletedTask;
    }
}
