using HpcCr.Core;
using Microsoft.Extensions.Logging;

namespace HpcCr.Hosting;

/// <summary>Work that nobody waits for: what becomes of it is noticed all the same.</summary>
public static class BackgroundWork
{
    /// <summary>Logs how the work fails. The returned task never fails.</summary>
    /// <param name="work">The work.</param>
    /// <param name="log">Where a failure is logged.</param>
    /// <param name="what">What did not come to pass, for the log.</param>
    public static async Task Watched(this Task work, ILogger log, string what)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            log.LogDebug("{What}: cancelled", what);
        }
        catch (Exception e)
        {
            log.LogError(e, "{What}", what);
        }
    }

    /// <summary>Runs the loops that a daemon consists of. It cannot do without any: when one ends, all do.</summary>
    /// <param name="log">Told which one ended, and why.</param>
    /// <param name="cancellationToken">Ends all of them.</param>
    /// <param name="loops">Each with its name, for people.</param>
    /// <exception cref="HpcCrException">One ended though nobody had asked it to (internal), or for a reason of its own.</exception>
    public static async Task RunAllAsync(ILogger log, CancellationToken cancellationToken, params (string Name, Func<CancellationToken, Task> Run)[] loops)
    {
        ArgumentNullException.ThrowIfNull(loops);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = loops.ToDictionary(loop => Task.Run(() => loop.Run(stop.Token), CancellationToken.None), loop => loop.Name);
        var first = await Task.WhenAny(running.Keys);
        HpcCrException? failure = null;
        if (!cancellationToken.IsCancellationRequested)
        {
            var cause = first.Exception?.InnerException;
            log.LogCritical(cause, "the {Loop} has ended; so does the daemon", running[first]);
            failure = cause as HpcCrException ?? new HpcCrException(FailureKind.Internal,
                $"the {running[first]} has ended: {cause?.Message ?? "nobody asked it to"}", "Start the daemon again; its log tells more.", cause);
        }

        await stop.CancelAsync();
        await Task.WhenAll(running.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (failure is not null)
            throw failure;
    }
}
