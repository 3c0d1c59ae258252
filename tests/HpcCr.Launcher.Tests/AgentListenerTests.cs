using System.Buffers.Binary;
using System.Net.Sockets;
using HpcCr.Guard.Protocol;
using HpcCr.Protocol.V1.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace HpcCr.Launcher.Tests;

/// <summary>The socket of a launcher that anybody on the node may call.</summary>
public sealed class AgentListenerTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(_node.Run.Root);
        var listener = new AgentListener(_node.Run.LauncherSocket, new LocalJobs(_node.Options, NullLogger.Instance),
            (_, _, _, _) => Task.FromResult<string?>("nothing is started here"), NullLogger.Instance);
        // Bound when this returns: the first wait is for a caller.
        _running = listener.RunAsync(_stop.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task Garbage_ClosesItsConnectionOnly_AndALengthThatIsOnlyAnnounced_TakesNoMemory()
    {
        var random = new Random(5);
        var announced = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(announced, MessageChannel.MaximumBytes);
        List<Socket> waiting = [];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < 100; round++)
        {
            var garbage = new byte[random.Next(1, 200)];
            random.NextBytes(garbage);
            using var stranger = await ConnectAsync();
            await stranger.SendAsync(garbage, Token);
            waiting.Add(await ConnectAsync());
            await waiting[^1].SendAsync(announced, Token);
        }

        await using var caller = new MessageChannel(new NetworkStream(await ConnectAsync(), ownsSocket: true));
        await caller.SendAsync(new AgentRequest { Node = "node1", Command = { "true" } }, Token);
        var answer = await caller.ReceiveAsync(AgentReply.Parser, Token).WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Contains("in no job's sandbox", answer!.Error, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 << 20);
        waiting.ForEach(socket => socket.Dispose());
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        while (true)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_node.Run.LauncherSocket), Token);
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                // More callers wait than the kernel keeps.
                await Task.Delay(1, Token);
            }
        }
    }
}
