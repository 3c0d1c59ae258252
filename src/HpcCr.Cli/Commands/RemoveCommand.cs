using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr rm</c>.</summary>
internal sealed class RemoveCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <summary>Whether nodes that do not answer are no obstacle.</summary>
    [Option("force", HelpText = "Remove it although a node that does not answer may still hold a part of the job.")]
    public bool Force { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var asked = JobArgument.Parse(Need(Job, "JOB"));
        var job = await JobLookup.FindAsync(asked, Coordinator, context.Cancelled);
        using var session = await CoordinatorLocator.OpenOrStartAsync(Coordinator, context.Cancelled);
        var removed = await session.RemoveAsync(new RemoveRequest { Job = job.Reference.ToString(), Folder = job.Folder, Force = Force }, context.Cancelled);
        context.Out.Line($"removed job {job.Job}: {removed.Folder} with {removed.Epochs} checkpoints ({Quantity.Bytes((long)removed.Bytes)})");
        if (Json) Terminal.Document(new RemoveDocument(job.Job, removed.Folder, removed.Epochs, removed.Bytes), CliJson.Default.RemoveDocument);
        return ExitCodes.Done;
    }
}
