using System.Net.Sockets;

namespace HpcCr.Rpc.Tests;

/// <summary>Stands between client and server, and can fall silent as a node without power does: no data, no FIN, no RST.</summary>
internal sealed class SilentProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private readonly string _server;

    public SilentProxy(string path, string server)
    {
        _server = server;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public void FallSilent() => _silent.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptAsync(_ending.Token);
                using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_server), _ending.Token);
                await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var count = await from.ReceiveAsync(buffer, _ending.Token);
            if (_silent.Task.IsCompleted)
                await Task.Delay(Timeout.Infinite, _ending.Token);
            if (count == 0)
                return;
            await to.SendAsync(buffer.AsMemory(0, count), _ending.Token);
        }
    }
}
