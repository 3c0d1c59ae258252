using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr status</c>.</summary>
internal sealed class StatusCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name; all jobs and nodes when left out.")]
    public string? Job { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        if (Job is not null)
        {
            Show(context.Out, await JobLookup.FindAsync(JobArgument.Parse(Job), Coordinator, context.Cancelled));
            return ExitCodes.Done;
        }

        Show(context.Out, await AllAsync(context.Cancelled));
        return ExitCodes.Done;
    }

    private async Task<StatusDocument> AllAsync(CancellationToken cancellationToken)
    {
        using var session = CoordinatorLocator.TryOpen(Coordinator);
        if (session is not null)
        {
            var jobs = await session.StatusAsync(cancellationToken);
            var nodes = await session.NodesAsync(cancellationToken);
            return new StatusDocument([.. jobs.Select(JobViews.Of)], [.. nodes.Nodes.Select(JobViews.Of)]);
        }

        var known = JobOnDisk.All();
        if (known.Count == 0)
            throw new HpcCrException(FailureKind.NotFound, $"no coordinator runs on this node, and there is no job in {CallerFacts.CheckpointDirectory(null)}",
                "Start a job with `hpccr run`.");
        Terminal.Note("no coordinator runs on this node; this is what the jobs' folders tell");
        return new StatusDocument([.. known.Select(JobViews.Of)], []);
    }

    private static void Show(Terminal terminal, StatusDocument all)
    {
        terminal.Table(["job", "state", "exit>", "nodes", "epochs>"], all.Jobs.Select(job => (IReadOnlyList<string>)
            [JobArgument.Label(job.User, job.Job), $"{job.State}", $"{job.ExitCode}", string.Join(",", job.Nodes.Select(node => node.Node)), $"{job.Epochs.Count}"]));
        if (all.Nodes.Count > 0)
            terminal.Table(["node", "state", "slots>", "jobs>", "engine"], all.Nodes.Select(node => (IReadOnlyList<string>)
                [node.Node, node.State, $"{node.Slots}", $"{node.Jobs}", node.Engine]));
        if (terminal.IsJson) Terminal.Document(all, CliJson.Default.StatusDocument);
    }

    private static void Show(Terminal terminal, JobDocument job)
    {
        var facts = new List<(string, string)>
        {
            ("job", JobArgument.Label(job.User, job.Job)),
            ("state", job.State + (job.Phase.Length > 0 ? $" ({job.Phase})" : "")),
            ("exit code", job.ExitCode is { } code ? $"{code}" : "-"),
            ("epochs", job.Epochs.Count == 0 ? "none" : string.Join(", ", job.Epochs)),
            ("folder", job.Folder),
        };
        if (job.Command.Count > 0) facts.Insert(1, ("command", string.Join(' ', job.Command)));
        if (job.Reason.Length > 0) facts.Add(("reason", job.Reason));
        if (job.IntervalSeconds is { } interval)
            facts.Add(("next epoch", (job.NextEpoch is { } next ? Quantity.Time(next) : job.Phase.Length > 0 ? "now" : "-") + $", {interval:0.###} s after the end of the last"));
        if (job.Keep is { } keep) facts.Add(("kept epochs", $"{keep}"));
        if (job.LastError.Length > 0) facts.Add(("last error", job.LastError));
        terminal.Facts(facts);
        if (job.Nodes.Count > 0)
            terminal.Table(["node", "state", "pids"], job.Nodes.Select(node => (IReadOnlyList<string>)
                [node.Sandbox is null ? node.Node : $"{node.Node} (as {node.Sandbox})", node.State, string.Join(' ', node.Pids)]));
        if (terminal.IsJson) Terminal.Document(job, CliJson.Default.JobDocument);
    }
}
