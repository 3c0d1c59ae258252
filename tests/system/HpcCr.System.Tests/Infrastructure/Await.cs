using System.Diagnostics;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>Waits for a condition, never for a time.</summary>
internal static class Await
{
    /// <summary>How long a test waits for what should happen at once on a machine that is not overloaded.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Polls until the condition holds; fails with what was waited for when it does not.</summary>
    public static Task UntilAsync(string what, Func<bool> condition, TimeSpan? deadline = null, Func<string>? explain = null) =>
        UntilAsync(what, () => Task.FromResult(condition()), deadline, explain);

    /// <summary>Polls until the condition holds; fails with what was waited for when it does not.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? deadline = null, Func<string>? explain = null)
    {
        var limit = deadline ?? Patience;
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            if (waited.Elapsed > limit)
                Assert.Fail($"waited {limit.TotalSeconds} s in vain for {what}{(explain is null ? "" : "\n" + explain())}");
            await Task.Delay(Step, TestContext.Current.CancellationToken);
        }
    }
}
