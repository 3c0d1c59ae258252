using Grpc.Core;
using HpcCr.Core;
using HpcCr.Hosting;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Rpc;
using Microsoft.Extensions.Logging;

namespace HpcCr.Coordinator;

/// <summary>The launchers' end of the coordinator.</summary>
internal sealed class LauncherLinkService(NodeRegistry nodes, NodeWatch watch, CoordinatorOptions options, ILogger<LauncherLinkService> log)
    : LauncherLink.LauncherLinkBase
{
    /// <inheritdoc/>
    public override async Task Connect(IAsyncStreamReader<FromLauncher> requestStream, IServerStreamWriter<ToLauncher> responseStream, ServerCallContext context)
    {
        if (context.GetPeerCredentials() is { UserId: not 0 })
            throw new HpcCrException(FailureKind.NotAllowed, "only root may be a launcher", "Start hpccr-launcher as root.").ToRpcException();
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.Hello is not { } hello || !NodeName.IsValid(hello.Node))
            throw new HpcCrException(FailureKind.Usage, "a launcher begins with a Hello that names its node").ToRpcException();
        while (hello.More)
        {
            if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.Hello is not { } further)
                throw new HpcCrException(FailureKind.Usage, "a Hello that goes on was not ended").ToRpcException();
            hello.Jobs.Add(further.Jobs);
            hello.More = further.More;
        }

        var session = new NodeSession(hello, nodes.Time);
        session.Send(new ToLauncher
        {
            Welcome = new Welcome
            {
                HeartbeatMs = (uint)options.Heartbeat.TotalMilliseconds,
                LeaseMs = (uint)options.Lease.TotalMilliseconds,
                FenceMs = (ulong)(options.FenceAfter?.TotalMilliseconds ?? 0),
                EchoMs = hello.SentMs,
            },
        });
        nodes.Add(session);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var sending = EndingAsync(SendAsync(session, responseStream, stop.Token), session, stop);
        var beating = EndingAsync(BeatAsync(session, stop), session, stop);
        _ = watch.ConnectedAsync(session).Watched(log, $"{session.Node}: what it holds was not compared");
        try
        {
            while (await requestStream.MoveNext(stop.Token))
                Receive(session, requestStream.Current);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or RpcException)
        {
            log.LogInformation("{Node}: {Why}", session.Node, e.Message);
        }
        finally
        {
            await stop.CancelAsync();
            _ = watch.DisconnectedAsync(session).Watched(log, $"{session.Node}: its jobs were not told that it is away");
            await Task.WhenAll(sending, beating);
        }
    }

    // A stream that is written or timed no more is no connection, however long it can still be read.
    private async Task EndingAsync(Task loop, NodeSession session, CancellationTokenSource stop)
    {
        try
        {
            await loop;
        }
        catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            log.LogWarning("{Node}: {Why}", session.Node, e.Message);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await stop.CancelAsync();
    }

    private void Receive(NodeSession session, FromLauncher message)
    {
        session.Heard(message.Heartbeat?.SentMs ?? 0);
        switch (message.MessageCase)
        {
            case FromLauncher.MessageOneofCase.Reply:
                session.Replied(message.Reply);
                break;
            case FromLauncher.MessageOneofCase.Event:
                _ = watch.HappenedAsync(session, message.Event).Watched(log, $"{session.Node}: {message.Event.EventCase} of {JobName.Printable(message.Event.Job)} came to nothing");
                break;
        }
    }

    private static async Task SendAsync(NodeSession session, IServerStreamWriter<ToLauncher> stream, CancellationToken cancellationToken)
    {
        await foreach (var message in session.Outgoing.ReadAllAsync(cancellationToken))
            await stream.WriteAsync(message, cancellationToken);
    }

    private async Task BeatAsync(NodeSession session, CancellationTokenSource stop)
    {
        using var timer = new PeriodicTimer(options.Heartbeat);
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            session.Send(new ToLauncher { Heartbeat = new Heartbeat { SentMs = session.SentMilliseconds } });
            if (session.Silence > CoordinatorOptions.MissedHeartbeats * options.Heartbeat)
                await stop.CancelAsync();
        }
    }
}
