using HpcCr.Criu.Tests.Harness;

namespace HpcCr.Criu.Tests;

/// <summary>Packets, whole or not at all.</summary>
public sealed class CriuConnectionTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(150_000)]
    public async Task ReceiveAsync_OfAPacketOfAnyLength_IsWhole(int length)
    {
        using var fake = new FakeEngine();
        var sent = new byte[length];
        Random.Shared.NextBytes(sent);
        fake.Send(sent);
        fake.Send([1, 2, 3]);
        Assert.Equal(sent, await fake.Connection.ReceiveAsync(Second, Token));
        Assert.Equal([1, 2, 3], await fake.Connection.ReceiveAsync(Second, Token));
    }

    [Fact]
    public async Task ReceiveAsync_WhenTheOtherEndIsClosed_ThrowsEngineDied()
    {
        using var fake = new FakeEngine();
        var waiting = fake.Connection.ReceiveAsync(Second, Token);
        fake.Close();
        await Assert.ThrowsAsync<EngineDiedException>(() => waiting);
        await Assert.ThrowsAsync<EngineDiedException>(() => fake.Connection.SendAsync(new byte[8], Second, Token));
    }

    [Fact]
    public async Task ReceiveAsync_WhenNothingComes_ThrowsEngineSilentAtTheDeadline()
    {
        using var fake = new FakeEngine();
        await Assert.ThrowsAsync<EngineSilentException>(() => fake.Connection.ReceiveAsync(TimeSpan.FromMilliseconds(50), Token));
        fake.Send([7]);
        Assert.Equal([7], await fake.Connection.ReceiveAsync(Second, Token));
    }

    [Fact]
    public async Task SendAsync_WhenNobodyReads_ThrowsEngineSilentAtTheDeadline()
    {
        using var fake = new FakeEngine();
        var packet = new byte[60_000];
        await Assert.ThrowsAsync<EngineSilentException>(async () =>
        {
            while (true) await fake.Connection.SendAsync(packet, TimeSpan.FromMilliseconds(50), Token);
        });
    }

    [Fact]
    public async Task ReceiveAsync_WhenCancelled_IsCancelledAndNotSilent()
    {
        using var fake = new FakeEngine();
        using var source = new CancellationTokenSource();
        var waiting = fake.Connection.ReceiveAsync(Second, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
