namespace HpcCr.Coordinator.Tests.Support;

/// <summary>Waits for a thing itself, never for a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task Until(Func<bool> condition)
    {
        var end = Environment.TickCount64 + Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < end, "it never came to be");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    public static Task<T> Within<T>(this Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task Within(this Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
