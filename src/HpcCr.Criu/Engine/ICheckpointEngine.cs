namespace HpcCr.Criu;

/// <summary>What saves and restores one sandbox. An engine does one dump or one restore in its life; questions may come before it.</summary>
public interface ICheckpointEngine
{
    /// <summary>Writes the images of the tree below <see cref="DumpOptions.RootPid"/>.</summary>
    /// <param name="options">What to dump and how.</param>
    /// <param name="handler">Is asked at each step and may refuse; see <see cref="CriuNotificationKind"/> for the order.</param>
    /// <param name="cancellationToken">Cancelling answers the next notification with a refusal; the engine is never killed here.</param>
    /// <returns>The outcome, refusals and engine failures included.</returns>
    /// <exception cref="EngineDiedException">The engine ended without an answer.</exception>
    /// <exception cref="EngineSilentException">The engine said nothing for <see cref="EngineOptions.MaximumSilence"/>; it may still hold the tasks.</exception>
    Task<DumpOutcome> DumpAsync(DumpOptions options, INotificationHandler handler, CancellationToken cancellationToken);

    /// <summary>Restores the tree whose images lie in <see cref="EngineOptions.ImagesDirectory"/>.</summary>
    /// <param name="options">What to restore and how.</param>
    /// <param name="handler">Is asked at each step and may refuse; see <see cref="CriuNotificationKind"/> for the order.</param>
    /// <param name="cancellationToken">Cancelling answers the next notification with a refusal; the engine is never killed here.</param>
    /// <returns>The outcome, refusals and engine failures included.</returns>
    /// <exception cref="EngineDiedException">The engine ended without an answer.</exception>
    /// <exception cref="EngineSilentException">The engine said nothing for <see cref="EngineOptions.MaximumSilence"/>.</exception>
    Task<RestoreOutcome> RestoreAsync(RestoreOptions options, INotificationHandler handler, CancellationToken cancellationToken);

    /// <summary>Asks for the engine's version; it can be asked for something else afterwards.</summary>
    /// <param name="cancellationToken">Ends the waiting; the connection is of no use afterwards.</param>
    /// <returns>The version.</returns>
    /// <exception cref="EngineDiedException">The engine ended without an answer.</exception>
    Task<EngineVersion> VersionAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks what the engine can do on this kernel; it can be asked for something else afterwards.</summary>
    /// <param name="cancellationToken">Ends the waiting; the connection is of no use afterwards.</param>
    /// <returns>The features.</returns>
    /// <exception cref="EngineDiedException">The engine ended without an answer.</exception>
    Task<EngineFeatures> FeatureCheckAsync(CancellationToken cancellationToken = default);
}
