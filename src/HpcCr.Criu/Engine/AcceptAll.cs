namespace HpcCr.Criu;

/// <summary>A handler that lets the engine go on at every notification.</summary>
public sealed class AcceptAll : INotificationHandler
{
    private AcceptAll()
    {
    }

    /// <summary>The only one.</summary>
    public static AcceptAll Instance { get; } = new();

    /// <inheritdoc/>
    public Task<bool> OnAsync(CriuNotification notification, CancellationToken cancellationToken) => Task.FromResult(true);
}
