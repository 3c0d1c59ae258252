using HpcCr.Cli.Connection;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Jobs;

/// <summary>Finds a job: with its coordinator, else by its folder.</summary>
internal static class JobLookup
{
    /// <summary>Finds it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="coordinator">The value of <c>--coordinator</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the coordinator.</param>
    /// <exception cref="HpcCrException">Neither knows it (not found).</exception>
    public static async Task<JobDocument> FindAsync(JobReference job, string? coordinator, CancellationToken cancellationToken)
    {
        using var session = CoordinatorLocator.TryOpen(coordinator);
        if (session is not null)
        {
            try
            {
                return JobViews.Of(await session.StatusAsync(job, cancellationToken));
            }
            catch (HpcCrException e) when (JobOnDisk.Find(job, e) is not null)
            {
                return JobViews.Of(JobOnDisk.Find(job, e)!);
            }
        }

        if (JobOnDisk.Find(job) is not { } known) throw Unknown(job);
        if (!known.Record.State.IsEnded())
            Terminal.Note($"no coordinator runs on this node; job {job} was {known.Record.State} when its folder was last written to");
        return JobViews.Of(known);
    }

    private static HpcCrException Unknown(JobReference job) => new(FailureKind.NotFound,
        $"there is no job '{job}': no coordinator runs on this node, and {CallerFacts.CheckpointDirectory(null)} has no folder of that name",
        $"Name a coordinator with --coordinator, or the checkpoint directory with {CallerFacts.CheckpointVariable}.");
}
