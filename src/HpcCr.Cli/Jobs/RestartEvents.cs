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
        await foreach (var happened in events)
        {
            if (happened.EventCase == RestartEvent.EventOneofCase.Result) return happened.Result;
            if (happened.EventCase == RestartEvent.EventOneofCase.Progress) tell(ProgressText.Of(happened.Progress), happened.Progress.Done);
        }

        throw new HpcCrException(FailureKind.Internal, "the coordinator did not say how it ended", "`hpccr status` shows whether the job runs.");
    }
}
