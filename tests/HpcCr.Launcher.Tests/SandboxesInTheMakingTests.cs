using HpcCr.Protocol.V1;

namespace HpcCr.Launcher.Tests;

public sealed class SandboxesInTheMakingTests
{
    private readonly SandboxesInTheMaking _making = new();
    private readonly Command _command = new() { Job = "stencil", Sandbox = "node1" };

    [Fact]
    public async Task End_OfOneThatIsBeingMade_CancelsItAndWaitsUntilItIsGone()
    {
        var gone = false;
        var made = _making.RunAsync(_command, async token =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                await Task.Delay(50, CancellationToken.None);
                gone = true;
            }

            return new Reply();
        }, CancellationToken.None);

        await _making.EndAsync(_command);

        Assert.True(gone);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => made);
    }

    [Fact]
    public async Task End_OfNothing_AndOfAnother_DoesNotWait()
    {
        var go = new TaskCompletionSource();
        var made = _making.RunAsync(_command, async _ =>
        {
            await go.Task;
            return new Reply { Id = 7 };
        }, CancellationToken.None);

        Assert.True(_making.EndAsync(new Command { Job = "stencil", Sandbox = "node2" }).IsCompleted);

        go.SetResult();
        Assert.Equal(7u, (await made).Id);
        Assert.True(_making.EndAsync(_command).IsCompleted);
    }
}
