using System.Diagnostics;

namespace HpcCr.Linux.Tests;

/// <summary>Waits for the thing itself.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Polls until the condition holds; fails with the text after ten seconds.</summary>
    internal static void True(Func<bool> condition, Func<string> otherwise)
    {
        for (var clock = Stopwatch.StartNew(); !condition();)
        {
            if (clock.Elapsed > Deadline)
                Assert.Fail(otherwise());
            Thread.Sleep(1);
        }
    }
}
