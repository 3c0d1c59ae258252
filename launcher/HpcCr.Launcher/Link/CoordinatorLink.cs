using System.Threading.Channels;
using Grpc.Core;
using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Rpc;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>The stream to the coordinator: opened again whenever it breaks; what could not be sent is not kept, for the
/// coordinator learns everything from the next Hello.</summary>
/// <param name="open">Opens a channel.</param>
/// <param name="hello">Says who this node is and what it holds now.</param>
/// <param name="log">The launcher's log.</param>
internal sealed class CoordinatorLink(Func<GrpcChannel> open, Func<Task<Hello>> hello, ILogger log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private volatile Channel<FromLauncher>? _outgoing;

    /// <summary>Raised for every message of the coordinator.</summary>
    public event Action<ToLauncher>? Received;

    /// <summary>Sends a message if there is a coordinator; otherwise the next Hello tells.</summary>
    /// <remarks>What the stream cannot carry fails alone: a reply becomes a failure, anything else is not sent.</remarks>
    public bool TrySend(FromLauncher message)
    {
        if (WireLimits.FitsTheStream(message))
            return _outgoing?.Writer.TryWrite(message) ?? false;
        log.LogError("a message of {Bytes} bytes is too long for the coordinator: {Case}", message.CalculateSize(), message.MessageCase);
        if (message.Reply is not { } reply)
            return false;
        var failure = new HpcCrException(Core.FailureKind.Failed,
            $"what {reply.ResultCase} has to say takes {reply.CalculateSize() >> 20} MiB, and {WireLimits.MostStreamBytes >> 20} MiB is the most", "The job has too many files.");
        return _outgoing?.Writer.TryWrite(new FromLauncher { Reply = new Reply { Id = reply.Id, Failure = failure.ToWire() } }) ?? false;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var lastWhy = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ConverseAsync(cancellationToken);
                lastWhy = "";
            }
            catch (Exception e)
            {
                // Whatever it is: a launcher without a coordinator tries to have one.
                if (cancellationToken.IsCancellationRequested)
                    return;
                if (e.Message != lastWhy)
                    log.LogWarning("no coordinator: {Why}", lastWhy = e.Message);
            }

            await Task.WhenAny(Task.Delay(Pause, cancellationToken));
        }
    }

    private async Task ConverseAsync(CancellationToken cancellationToken)
    {
        var channel = open();
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var call = new LauncherLink.LauncherLinkClient(channel).Connect(cancellationToken: stop.Token);
            foreach (var part in HelloParts.Of(await hello()))
                await call.RequestStream.WriteAsync(new FromLauncher { Hello = part }, stop.Token);
            var outgoing = Channel.CreateUnbounded<FromLauncher>(new UnboundedChannelOptions { SingleReader = true });
            _outgoing = outgoing;
            var sending = SendAllAsync(outgoing.Reader, call.RequestStream, stop);
            try
            {
                await foreach (var message in call.ResponseStream.ReadAllAsync(stop.Token))
                    Received?.Invoke(message);
            }
            finally
            {
                _outgoing = null;
                await stop.CancelAsync();
                await sending;
            }
        }
        finally
        {
            await channel.ShutdownAsync();
        }
    }

    // A stream that cannot be written any more is no connection, however long it can still be read.
    private async Task SendAllAsync(ChannelReader<FromLauncher> messages, IClientStreamWriter<FromLauncher> stream, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var message in messages.ReadAllAsync(stop.Token))
                await stream.WriteAsync(message, stop.Token);
        }
        catch (Exception e)
        {
            if (!stop.IsCancellationRequested)
                log.LogWarning("the coordinator cannot be written to: {Why}", e.Message);
        }

        await stop.CancelAsync();
    }
}
