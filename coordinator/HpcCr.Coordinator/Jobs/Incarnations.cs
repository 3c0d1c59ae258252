namespace HpcCr.Coordinator;

/// <summary>
/// Numbers the lives of jobs. They are times, so that a coordinator that knows nothing of what earlier ones began gives a higher number all the
/// same; where a clock went backwards, what is known of the job keeps the order.
/// </summary>
internal static class Incarnations
{
    private static readonly System.Threading.Lock Gate = new();
    private static long _last;

    /// <summary>The next one.</summary>
    /// <param name="known">The highest of the job that is known; 0: none.</param>
    public static long After(long known)
    {
        lock (Gate)
            return _last = Math.Max(Math.Max(_last, known) + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }
}
