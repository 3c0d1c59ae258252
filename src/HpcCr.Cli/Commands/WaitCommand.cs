using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr wait</c>.</summary>
internal sealed class WaitCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var name = JobArgument.Parse(Need(Job, "JOB"));
        using var session = CoordinatorLocator.TryOpen(Coordinator);
        if (session is not null && await RunningAsync(session, name, context.Cancelled) is { } job)
            return await new ForegroundJob(session, context.Out).FollowAsync(job, null, null, context.Cancelled);
        var known = JobOnDisk.Find(name);
        return known?.Record.State.IsEnded() == true
            ? ForegroundJob.Conclude(context.Out, JobViews.Of(known), JobViews.NewestEpoch(known.Folder))
            : throw new HpcCrException(FailureKind.NotFound, $"cannot wait for job {name}: no coordinator knows it",
                "`hpccr status` shows the jobs there are; --coordinator names another coordinator.");
    }

    private static async Task<Protocol.V1.JobStatus?> RunningAsync(CoordinatorSession session, JobReference name, CancellationToken cancellationToken)
    {
        try
        {
            return await session.StatusAsync(name, cancellationToken);
        }
        catch (HpcCrException e) when (e.Kind == FailureKind.NotFound || JobOnDisk.Find(name, e) is not null)
        {
            return null;
        }
    }
}
