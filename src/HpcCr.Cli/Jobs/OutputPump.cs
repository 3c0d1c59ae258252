namespace HpcCr.Cli.Jobs;

/// <summary>Copies what a job writes to where the user looks, until the job has ended and all of it is there.</summary>
/// <param name="sources">The files with where they go.</param>
internal sealed class OutputPump(IReadOnlyList<(FileTail From, Stream To)> sources)
{
    // Short enough to feel immediate, long enough to cost nothing.
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(25);

    /// <summary>Copies until told that no more comes, and then what is still there.</summary>
    /// <param name="noMore">Cancelled when nobody writes to the files any more.</param>
    public async Task RunAsync(CancellationToken noMore)
    {
        while (!noMore.IsCancellationRequested)
        {
            CopyAll();
            await Task.Delay(Step, noMore).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        CopyAll();
    }

    private void CopyAll()
    {
        foreach (var (from, to) in sources) from.CopyNew(to);
    }
}
