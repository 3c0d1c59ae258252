using System.Net.Sockets;
using HpcCr.Core;
using HpcCr.Guard.Protocol;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>The guard's socket. It serves one launcher at a time; launchers come, go, crash and are upgraded.</summary>
internal sealed class GuardServer(SandboxLayout layout)
{
    private const int MostConnections = 16;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(200);
    private readonly UserQuota _connections = new(MostConnections, 0, 0);
    private readonly GuardDesk _desk = new(layout);
    private readonly CancellationTokenSource _left = new();
    private MessageChannel? _launcher;

    public static async Task<int> RunAsync(string folder)
    {
        await new GuardServer(new SandboxLayout(folder)).ServeAsync();
        return 0;
    }

    private async Task ServeAsync()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(layout.GuardSocket);
        listener.Bind(new UnixDomainSocketEndPoint(layout.GuardSocket));
        File.SetUnixFileMode(layout.GuardSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen();
        _desk.Changed += Announce;
        GuardLog.Write($"guard {Environment.ProcessId} of {layout.Root}");
        while (!_left.IsCancellationRequested)
        {
            try
            {
                Take(await listener.AcceptAsync(_left.Token));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception e)
            {
                // The job goes on, and so does its guard; a shortage of descriptors or memory does not pass by trying again at once.
                GuardLog.Write($"a connection was not taken: {e.Message}");
                await Task.WhenAny(Task.Delay(AcceptPause, _left.Token));
            }
        }

        File.Delete(layout.GuardSocket);
    }

    // Only root comes through to the socket; a launcher that leaks connections may not starve its guards.
    private void Take(Socket socket)
    {
        if (UnixPeer.Credentials(socket).Uid == 0 && _connections.TryTake(0) is { } share)
            GuardTask.Watch(ServeLauncherAsync(socket, share), "a launcher was not served");
        else
            socket.Dispose();
    }

    private async Task ServeLauncherAsync(Socket socket, IDisposable share)
    {
        using var _ = share;
        await using var channel = new MessageChannel(new NetworkStream(socket, ownsSocket: true));
        _launcher = channel;
        GuardLog.Write("launcher connected");
        try
        {
            while (await channel.ReceiveAsync(GuardRequest.Parser, CancellationToken.None) is { } request)
                GuardTask.Watch(AnswerAsync(channel, request), $"{request.RequestCase} was not answered");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or SocketException or ObjectDisposedException)
        {
            GuardLog.Write($"launcher: {e.Message}");
        }

        // A newer launcher may have taken over already; only the loss of the one in charge counts.
        if (ReferenceEquals(Interlocked.CompareExchange(ref _launcher, null, channel), channel))
        {
            GuardLog.Write("launcher gone");
            await _desk.LetGoAsync("the launcher went away in the middle of an epoch");
        }
    }

    private async Task AnswerAsync(MessageChannel channel, GuardRequest request)
    {
        var reply = await _desk.HandleAsync(request);
        reply.Id = request.Id;
        await TrySendAsync(channel, reply);
        // The launcher has its answer; nothing else is waited for.
        if (request.RequestCase == GuardRequest.RequestOneofCase.Leave && reply.Failure is null)
            await _left.CancelAsync();
    }

    private void Announce()
    {
        if (_launcher is { } channel)
            GuardTask.Watch(TrySendAsync(channel, new GuardReply { Status = _desk.Status() }), "the launcher was not told");
    }

    private static async Task TrySendAsync(MessageChannel channel, GuardReply reply)
    {
        try
        {
            await channel.SendAsync(reply, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            GuardLog.Write($"a reply was not sent: {e.Message}");
        }
    }
}
