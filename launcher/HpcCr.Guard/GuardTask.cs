namespace HpcCr.Guard;

/// <summary>Work that nobody waits for: its failure is logged.</summary>
internal static class GuardTask
{
    /// <summary>Logs how the work fails.</summary>
    /// <param name="work">The work.</param>
    /// <param name="what">What did not come to pass.</param>
    public static void Watch(Task work, string what) => _ = WatchAsync(work, what);

    private static async Task WatchAsync(Task work, string what)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // Somebody wanted it so.
        }
        catch (Exception e)
        {
            GuardLog.Write($"{what}: {e}");
        }
    }
}
