using System.Net.Sockets;
using System.Threading.Channels;
using HpcCr.Guard.Protocol;
using HpcCr.Protocol.V1.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace HpcCr.Launcher.Tests;

public sealed class LeaseRenewalTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly Channel<GuardRequest> _asked = Channel.CreateUnbounded<GuardRequest>();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _node.Dispose();
    }

    [Fact]
    public async Task RenewLease_ProlongsAnEpochOfThisCoordinator_AndNoneThatAnEarlierOneLeft()
    {
        await using var guard = await ConnectAsync();
        var job = _node.Job(guard);

        job.RenewLease();
        job.Epoch = new EpochWork(1, 101, "/staging");
        job.RenewLease();
        Assert.Equal(101u, await NextLeaseAsync());

        // A new coordinator knows nothing of epoch 1: its heartbeats must not keep the job frozen for ever.
        job.Orphan();
        job.RenewLease();
        job.Epoch = new EpochWork(2, 102, "/staging");
        job.RenewLease();

        Assert.Equal(102u, await NextLeaseAsync());
        Assert.False(_asked.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Ask_OfAGuardThatDies_FailsAtOnce()
    {
        await using var guard = await ConnectAsync(answers: 0);

        await Assert.ThrowsAsync<Core.HpcCrException>(() => guard.AskAsync(new GuardRequest { Status = new GetStatus() }, Cancelled).WaitAsync(TimeSpan.FromSeconds(20), Cancelled));
    }

    private async Task<uint> NextLeaseAsync() => (await _asked.Reader.ReadAsync(Cancelled)).RenewLease.LeaseMs;

    private async Task<GuardClient> ConnectAsync(int answers = int.MaxValue)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_node.Layout.GuardSocket));
        _listener.Listen();
        var accepted = _listener.AcceptAsync(Cancelled);
        var client = await GuardClient.TryConnectAsync(_node.Layout, NullLogger.Instance);
        _ = ServeAsync(await accepted, answers);
        return Assert.IsType<GuardClient>(client);
    }

    private async Task ServeAsync(Socket socket, int answers)
    {
        await using var channel = new MessageChannel(new NetworkStream(socket, ownsSocket: true));
        while (await channel.ReceiveAsync(GuardRequest.Parser, CancellationToken.None) is { } request && answers-- > 0)
        {
            await _asked.Writer.WriteAsync(request);
            await channel.SendAsync(new GuardReply { Id = request.Id, Status = new GuardStatus() }, CancellationToken.None);
        }
    }
}
