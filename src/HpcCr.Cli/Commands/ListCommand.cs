using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Store;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr list</c>.</summary>
internal sealed class ListCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "List the epochs of this job; all jobs when left out.")]
    public string? Job { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        if (Job is not null)
            Show(context.Out, await EpochsAsync(JobArgument.Parse(Job), context.Cancelled));
        else
            Show(context.Out, new JobListDocument([.. (await JobsAsync(context.Cancelled)).Select(Summary)]));
        return ExitCodes.Done;
    }

    private async Task<EpochListDocument> EpochsAsync(JobReference name, CancellationToken cancellationToken)
    {
        var job = await JobLookup.FindAsync(name, Coordinator, cancellationToken);
        return new EpochListDocument(job.Job, job.Folder, [.. EpochCatalog.Committed(job.Folder).Select(EpochViews.Of)]);
    }

    private async Task<IEnumerable<JobDocument>> JobsAsync(CancellationToken cancellationToken)
    {
        using var session = CoordinatorLocator.TryOpen(Coordinator);
        var running = session is null ? [] : (await session.StatusAsync(cancellationToken)).Select(JobViews.Of).ToList();
        var folders = running.Select(job => job.Folder).ToHashSet();
        return running.Concat(JobOnDisk.All().Where(job => !folders.Contains(job.Folder)).Select(JobViews.Of));
    }

    private static JobSummaryDocument Summary(JobDocument job)
    {
        var epochs = EpochCatalog.Committed(job.Folder).Select(EpochViews.Of).ToList();
        return new JobSummaryDocument(job.Job, job.State, epochs.Count, epochs.LastOrDefault()?.Epoch, epochs.Sum(epoch => epoch.Bytes),
            epochs.LastOrDefault()?.Time, job.Folder, job.User);
    }

    private static void Show(Terminal terminal, JobListDocument list)
    {
        terminal.Table(["job", "state", "epochs>", "bytes>", "newest", "folder"], list.Jobs.Select(job => (IReadOnlyList<string>)
            [JobArgument.Label(job.User, job.Job), $"{job.State}", $"{job.Epochs}", Quantity.Bytes(job.Bytes), job.Time is { } time ? Quantity.Time(time) : "-", job.Folder]));
        if (terminal.IsJson) Terminal.Document(list, CliJson.Default.JobListDocument);
    }

    private static void Show(Terminal terminal, EpochListDocument list)
    {
        terminal.Table(["epoch>", "time", "pause>", "bytes>", "connections>", "nodes>", "path"], list.Epochs.Select(epoch => (IReadOnlyList<string>)
        [
            $"{epoch.Epoch}", epoch.Time is { } time ? Quantity.Time(time) : "damaged", Quantity.Milliseconds(epoch.PauseMs),
            Quantity.Bytes(epoch.Bytes), $"{epoch.Connections}", $"{epoch.Nodes}", epoch.Path,
        ]));
        if (terminal.IsJson) Terminal.Document(list, CliJson.Default.EpochListDocument);
    }
}
