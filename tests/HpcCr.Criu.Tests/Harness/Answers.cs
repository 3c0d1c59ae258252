namespace HpcCr.Criu.Tests.Harness;

/// <summary>A handler that answers with a function.</summary>
internal sealed class Answers(Func<CriuNotification, Task<bool>> answer) : INotificationHandler
{
    public Answers(Func<CriuNotification, bool> answer)
        : this(notification => Task.FromResult(answer(notification)))
    {
    }

    public Task<bool> OnAsync(CriuNotification notification, CancellationToken cancellationToken) => answer(notification);

    /// <summary>Refuses one notification.</summary>
    public static Answers Refusing(CriuNotificationKind kind) => new(notification => notification.Kind != kind);
}
