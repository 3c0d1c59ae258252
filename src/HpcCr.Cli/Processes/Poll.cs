using System.Diagnostics;

namespace HpcCr.Cli.Processes;

/// <summary>Waits for what the kernel gives no event for.</summary>
internal static class Poll
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <returns>False when it was still no at the deadline.</returns>
    public static async Task<bool> UntilAsync(Func<bool> isSo, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var since = Stopwatch.StartNew();
        while (!isSo())
        {
            if (since.Elapsed > deadline) return false;
            await Task.Delay(Step, cancellationToken);
        }

        return true;
    }
}
