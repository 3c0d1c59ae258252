using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr migrate</c>.</summary>
internal sealed class MigrateCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <summary>The nodes that are exchanged for others.</summary>
    [Option("map", MetaValue = "OLD=NEW,...", HelpText = "Nodes to exchange for others; the rest of the job stays where it is.")]
    public string? Map { get; set; }

    /// <summary>The nodes to go to.</summary>
    [Option("nodes", MetaValue = "N1,N2", HelpText = "Or: the nodes to go to, in the order of the job's; fewer take several parts each.")]
    public string? Nodes { get; set; }

    /// <summary>How long the epoch may take.</summary>
    [Option("timeout", MetaValue = "TIME", Default = "5m", HelpText = "Give up the epoch after this long, the job running on: 90s, 5m, 1h30m.")]
    public string Timeout { get; set; } = "5m";

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var job = JobArgument.Parse(Need(Job, "JOB"));
        var request = new MigrateRequest
        {
            Job = job.ToString(),
            TimeoutMs = (uint)Duration.Parse("--timeout", Timeout).TotalMilliseconds,
        };
        if (Map is null && Nodes is null)
            throw new HpcCrException(FailureKind.Usage, $"where job {job.Name} is to go is not said", "Give --map node1=node3, or --nodes node3,node4.");
        request.Nodes.AddRange(Nodes is null ? [] : NodeName.ParseList(Nodes));
        foreach (var (old, other) in NodeName.ParseMap(Map)) request.Moves[old] = other;
        using var session = CoordinatorLocator.Open(Coordinator, $"migrate job {job.Name}");
        var result = await ProgressView.RunAsync(context.Out, tell => RestartEvents.ResultAsync(session.MigrateAsync(request, context.Cancelled), tell));
        context.Out.Facts(
        [
            ("job", job.Name),
            ("nodes", string.Join(", ", result.Job.Nodes.Select(node => node.Node))),
            ("epoch", $"{result.Epoch}"),
            ("restore", Quantity.Milliseconds(result.RestoreMs)),
        ]);
        if (context.Out.IsJson) Terminal.Document(JobViews.Of(result.Job), CliJson.Default.JobDocument);
        return ExitCodes.Done;
    }
}
