using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr prune</c>.</summary>
internal sealed class PruneCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <summary>How many epochs are kept.</summary>
    [Option("keep", MetaValue = "N", HelpText = "How many of the newest epochs stay, at least 1.")]
    public string? Keep { get; set; }

    /// <summary>Whether nothing is removed.</summary>
    [Option("dry-run", HelpText = "Say what would be removed, and remove nothing.")]
    public bool DryRun { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var asked = JobArgument.Parse(Need(Job, "JOB"));
        var keep = Schedule.Keep(Need(Keep, "--keep N"));
        var job = await JobLookup.FindAsync(asked, Coordinator, context.Cancelled);
        using var session = await CoordinatorLocator.OpenOrStartAsync(Coordinator, context.Cancelled);
        var pruned = await session.PruneAsync(new PruneRequest { Job = job.Reference.ToString(), Keep = (uint)keep, DryRun = DryRun, Folder = job.Folder }, context.Cancelled);
        Show(context.Out, new PruneDocument(job.Job, pruned.Folder, pruned.Removed, pruned.Kept, pruned.Bytes, DryRun));
        return ExitCodes.Done;
    }

    private static void Show(Terminal terminal, PruneDocument pruned)
    {
        var verb = pruned.DryRun ? "would be removed" : "removed";
        terminal.Line(pruned.Removed.Count == 0
            ? $"no epoch of job {pruned.Job} is too many; kept: {string.Join(", ", pruned.Kept)}"
            : $"{verb}: {string.Join(", ", pruned.Removed)} ({Quantity.Bytes((long)pruned.Bytes)}); kept: {string.Join(", ", pruned.Kept)}");
        if (terminal.IsJson) Terminal.Document(pruned, CliJson.Default.PruneDocument);
    }
}
