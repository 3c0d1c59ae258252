using System.Threading.Channels;
using Grpc.Core;
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
    public bool TrySend(FromLauncher message) => _outgoing?.Writer.TryWrite(message) ?? false;

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
            await call.RequestStream.WriteAsync(new FromLauncher { Hello = await hello() }, stop.Token);
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
