using HpcCr.Linux;

namespace HpcCr.Guard.Tests;

public sealed class RunLeaseTests
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RunLease _lease;

    public RunLeaseTests() => _lease = new RunLease(() => _over.TrySetResult());

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    [Fact]
    public async Task ALease_IsOver_WhenItsInstantHasCome()
    {
        _lease.Set(BootClock.Milliseconds + 60);
        Assert.False(_lease.IsOver);

        await _over.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.True(_lease.IsOver);
    }

    [Fact]
    public async Task ALease_ThatWasOverWhenItCame_IsOverAtOnce()
    {
        _lease.Set(BootClock.Milliseconds - 1);

        await _over.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.True(_lease.IsOver);
    }

    [Fact]
    public void ALease_ThatIsProlonged_OrWithoutEnd_IsNotOver()
    {
        _lease.Set(BootClock.Milliseconds - 1);
        Assert.True(_lease.IsOver);
        _lease.Set(BootClock.Milliseconds + 100_000);
        Assert.False(_lease.IsOver);
        _lease.Set(0);
        Assert.False(_lease.IsOver);
    }
}
