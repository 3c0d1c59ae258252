using HpcCr.Criu.Wire;

namespace HpcCr.Criu;

/// <summary>Answers the notifications of one dump or restore and remembers them.</summary>
internal sealed class NotificationDesk(INotificationHandler handler, TimeProvider time, CancellationToken cancellationToken)
{
    private readonly long _start = time.GetTimestamp();
    private readonly List<NotificationTrace> _traces = [];

    public IReadOnlyList<NotificationTrace> Traces => _traces;

    public Refusal? Refusal { get; private set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public async Task<Request> AnswerAsync(Response message)
    {
        var name = message.Notification?.Script ?? "";
        int? pid = message.Notification is { HasPid: true } ? message.Notification.Pid : null;
        var notification = new CriuNotification(NotificationNames.KindOf(name), name, pid);
        var at = Elapsed;
        var answer = new Request { Type = RequestType.Notify };
        var refusal = await DecideAsync(notification, answer);
        answer.NotifySuccess = refusal is null || !NotificationNames.CanBeRefused(notification.Kind);
        if (!answer.NotifySuccess) Refusal ??= refusal;
        _traces.Add(new NotificationTrace(notification, at, Elapsed - at, answer.NotifySuccess));
        return answer;
    }

    private async Task<Refusal?> DecideAsync(CriuNotification notification, Request answer)
    {
        if (notification.Kind == CriuNotificationKind.Unknown) return null;
        if (cancellationToken.IsCancellationRequested && NotificationNames.CanBeRefused(notification.Kind))
            return new Refusal(notification.Kind, RefusalReason.Cancelled, null);
        try
        {
            if (notification.Kind == CriuNotificationKind.QueryExtFiles)
            {
                AddExternal(answer, await handler.QueryExternalFilesAsync(cancellationToken));
                return null;
            }

            var accepted = await handler.OnAsync(notification, cancellationToken);
            return accepted ? null : new Refusal(notification.Kind, RefusalReason.Handler, null);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            return new Refusal(notification.Kind, RefusalReason.Cancelled, e);
        }
#pragma warning disable CA1031 // Whatever a handler throws, the engine must get its answer or it holds the tasks for ever.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new Refusal(notification.Kind, RefusalReason.HandlerFailed, e);
        }
    }

    // The options of this answer carry nothing but the names; the engine still wants its one mandatory field.
    private static void AddExternal(Request answer, IReadOnlyList<string> external)
    {
        if (external.Count == 0) return;
        answer.Options = new Options { ImagesDirFd = -1 };
        answer.Options.External.AddRange(external);
    }
}
