using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HpcCr.Hosting;

/// <summary>Accepts connections until cancelled, whatever a connection or a shortage of the machine brings.</summary>
public static class AcceptLoop
{
    // A shortage of descriptors or memory does not pass by trying again at once.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs the loop.</summary>
    /// <param name="listener">Listens.</param>
    /// <param name="serve">Takes a connection; returns at once. One for which it throws is closed.</param>
    /// <param name="log">Told what goes wrong, once while it lasts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(Socket listener, Action<Socket> serve, ILogger log, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listener);
        ArgumentNullException.ThrowIfNull(serve);
        var lastWhy = "";
        while (!cancellationToken.IsCancellationRequested)
        {
            Socket? socket = null;
            try
            {
                socket = await listener.AcceptAsync(cancellationToken);
                serve(socket);
                lastWhy = "";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                socket?.Dispose();
                if (e.Message != lastWhy)
                    log.LogError("a connection was not taken: {Why}", lastWhy = e.Message);
                if (socket is null)
                    await Task.WhenAny(Task.Delay(Pause, cancellationToken));
            }
        }
    }
}
