namespace HpcCr.Coordinator.Tests.Epochs;

public sealed class FolderGatesTests
{
    [Fact]
    public async Task EnterAsync_OfTheSameFolder_Waits_AndOfAnotherDoesNot()
    {
        var gates = new FolderGates();
        var first = await gates.EnterAsync("/a/job", Cancelled);
        var second = gates.EnterAsync("/a/job/", Cancelled);
        using (await gates.EnterAsync("/b/job", Cancelled))
            Assert.False(second.IsCompleted);
        first.Dispose();
        first.Dispose();
        (await second).Dispose();
        Assert.Equal(0, gates.Count);
    }

    [Fact]
    public async Task EnterAsync_ThatIsGivenUp_LeavesTheGateToOthers()
    {
        var gates = new FolderGates();
        var first = await gates.EnterAsync("/a/job", Cancelled);
        using var cancel = new CancellationTokenSource();
        var second = gates.EnterAsync("/a/job", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        (await gates.EnterAsync("/a/job", Cancelled)).Dispose();
        Assert.Equal(0, gates.Count);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;
}
