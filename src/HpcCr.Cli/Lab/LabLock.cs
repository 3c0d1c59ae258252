using HpcCr.Cli.Processes;

namespace HpcCr.Cli.Lab;

/// <summary>One command at a time changes the lab.</summary>
internal static class LabLock
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Takes the lock; disposing gives it back.</summary>
    public static async Task<IDisposable> TakeAsync(LabLayout layout, CancellationToken cancellationToken)
    {
        FileStream? held = null;
        var taken = await Poll.UntilAsync(() => (held = TryTake(layout)) is not null, Deadline, cancellationToken);
        return taken
            ? held!
            : throw new HpcCrException(FailureKind.Failed, $"another command has been changing the lab for {Deadline.TotalSeconds} s",
                "Wait for it to end, then try again.");
    }

    private static FileStream? TryTake(LabLayout layout)
    {
        try
        {
            Directory.CreateDirectory(layout.Root);
            return new FileStream(layout.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
