using HpcCr.Cli.Connection;
using HpcCr.Cli.Output;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Jobs;

/// <summary>What a coordinator tells while it brings a job back.</summary>
internal static class RestartEvents
{
    /// <summary>Passes progress on until the end.</summary>
    /// <param name="events">What the coordinator tells.</param>
    /// <param name="tell">Takes a line of progress and how much is done.</param>
    /// <exception cref="HpcCrException">The job did not come back.</exception>
    public static async Task<RestartResult> ResultAsync(IAsyncEnumerable<RestartEvent> events, Action<string, double> tell)
    {
        var phase = "";
        try
        {
            await foreach (var happened in events)
            {
                if (happened.EventCase == RestartEvent.EventOneofCase.Result) return happened.Result;
                if (happened.EventCase != RestartEvent.EventOneofCase.Progress) continue;
                phase = happened.Progress.Phase;
                tell(ProgressText.Of(happened.Progress), happened.Progress.Done);
            }
        }
        catch (HpcCrException e) when (phase.Length > 0 && CoordinatorSession.IsGone(e))
        {
            throw Unknown(phase);
        }

        throw Unknown(phase);
    }

    // The next coordinator finishes or undoes it.
    private static HpcCrException Unknown(string phase) => new(FailureKind.Failed, $"the coordinator went away in the middle of it ({phase})",
        "The next coordinator ends it, one way or the other: `hpccr status` shows whether the job runs.");
}
