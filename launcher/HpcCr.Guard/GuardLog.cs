namespace HpcCr.Guard;

/// <summary>The guard's log: one line per step on standard error, which the launcher points at a file.</summary>
internal static class GuardLog
{
    private static readonly Lock Gate = new();

    public static void Write(string line)
    {
        lock (Gate)
            Console.Error.WriteLine($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {line}");
    }
}
