using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr kill</c>.</summary>
internal sealed class KillCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var name = JobArgument.Parse(Need(Job, "JOB"));
        using var session = CoordinatorLocator.Open(Coordinator, $"kill job {name}");
        var job = await session.KillAsync(name, context.Cancelled);
        context.Out.Line($"job {job.Job} has ended; its epochs stay");
        if (Json) Terminal.Document(new StartedDocument(job.Job, job.State.ToCore()), CliJson.Default.StartedDocument);
        return ExitCodes.Done;
    }
}
