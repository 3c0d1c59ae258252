namespace HpcCr.Criu;

/// <summary>Is asked by the engine before it goes on. While it has not answered, the engine waits and holds what it holds.</summary>
public interface INotificationHandler
{
    /// <summary>Answers one notification; not called for <see cref="CriuNotificationKind.QueryExtFiles"/> and unknown ones.</summary>
    /// <param name="notification">What the engine is about to do, or has done.</param>
    /// <param name="cancellationToken">The token of the dump or restore.</param>
    /// <returns>True: go on. False: refuse. An exception refuses too and is found in <see cref="Refusal.Exception"/>.</returns>
    Task<bool> OnAsync(CriuNotification notification, CancellationToken cancellationToken);

    /// <summary>Names further external objects once all tasks are seized, in the form of <see cref="EngineOptions.External"/>.</summary>
    /// <param name="cancellationToken">The token of the dump.</param>
    /// <returns>None, unless overridden.</returns>
    Task<IReadOnlyList<string>> QueryExternalFilesAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);
}
