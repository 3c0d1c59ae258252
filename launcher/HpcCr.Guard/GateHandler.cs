using HpcCr.Criu;

namespace HpcCr.Guard;

/// <summary>Lets the engine pass everywhere but at its gate.</summary>
internal sealed class GateHandler(CriuNotificationKind gate, Func<Task<bool>> verdict) : INotificationHandler
{
    public Task<bool> OnAsync(CriuNotification notification, CancellationToken cancellationToken) =>
        notification.Kind == gate ? verdict() : Task.FromResult(true);
}
