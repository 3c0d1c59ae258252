using HpcCr.Cli.Output;

namespace HpcCr.Cli.Slurm;

/// <summary>Tells in time that the Slurm job's time is nearly over; no signal of Slurm's is needed for it.</summary>
internal sealed class LimitWatch : IDisposable
{
    private readonly CancellationTokenSource _over = new();

    /// <summary>Begins to wait.</summary>
    /// <param name="slurmJob">The Slurm job, as people call it.</param>
    /// <param name="end">When its time is over; null: never.</param>
    /// <param name="margin">How long before that it is told.</param>
    /// <param name="signals">Whom to tell.</param>
    public LimitWatch(string slurmJob, DateTimeOffset? end, TimeSpan margin, BatchSignals signals)
    {
        if (end is { } first) _ = WatchAsync(slurmJob, first, margin, signals);
    }

    /// <summary>When a job is stopped; where the limit is nearer than the margin, after half of the time.</summary>
    public static DateTimeOffset StopAt(DateTimeOffset now, DateTimeOffset end, TimeSpan margin) =>
        end - now > margin ? end - margin : now + ((end - now) / 2);

    /// <inheritdoc/>
    public void Dispose() => _over.Cancel();

    private async Task WatchAsync(string slurmJob, DateTimeOffset end, TimeSpan margin, BatchSignals signals)
    {
        var now = TimeProvider.System.GetUtcNow();
        var stopAt = StopAt(now, end, margin);
        if (stopAt != end - margin)
            Terminal.Note($"the time limit leaves only {(end - now).TotalSeconds:0} s, less than --before-limit ({margin.TotalSeconds:0} s): the job is stopped after half of it");
        try
        {
            while (true)
            {
                if (stopAt - TimeProvider.System.GetUtcNow() is { Ticks: > 0 } left)
                    await Task.Delay(left, _over.Token);
                // It may have been prolonged in the meantime.
                if (await EndAsync(slurmJob) is not { } later || later <= end)
                    break;
                stopAt += later - end;
                end = later;
            }

            signals.Tell(new StopReason($"the time limit is {(end - TimeProvider.System.GetUtcNow()).TotalSeconds:0} s away"));
        }
        catch (OperationCanceledException)
        {
            // The job has ended before.
        }
    }

    private async Task<DateTimeOffset?> EndAsync(string slurmJob)
    {
        try
        {
            return (await SlurmTerms.OfAsync(slurmJob, _over.Token)).End;
        }
        catch (HpcCrException)
        {
            return null;
        }
    }
}
