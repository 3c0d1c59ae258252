using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr run</c>.</summary>
internal sealed class RunCommand : StartCommand
{
    /// <summary>The job's name.</summary>
    [Option("name", MetaValue = "JOB", HelpText = "The job's name; made from the command's when left out.")]
    public string? Name { get; set; }

    /// <summary>The job's nodes.</summary>
    [Option("nodes", MetaValue = "N1,N2", HelpText = "The nodes to run on; the command itself runs on the first.")]
    public string? Nodes { get; set; }

    /// <summary>Whether the command ends when the job runs.</summary>
    [Option("detach", HelpText = "End as soon as the job runs.")]
    public bool Detach { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var name = Name is null ? JobName.Generate(Trailing[0]) : JobName.Check(Name);
        var nodes = Nodes is null ? [] : NodeName.ParseList(Nodes);
        var spec = Spec(name, nodes);

        // From here on a signal is the job's, even while it is being started.
        using var relay = Detach ? null : new SignalRelay();
        using var session = await CoordinatorLocator.OpenOrStartAsync(Coordinator, context.Cancelled);
        // A job of this name may have run before, and have written to the same files.
        var from = (FileTail.LengthOf(Path.Combine(spec.Folder, JobFolder.StandardOutput)), FileTail.LengthOf(Path.Combine(spec.Folder, JobFolder.StandardError)));
        var job = await session.RunAsync(spec.ToWire(), context.Cancelled);
        if (Detach) return Tell(context.Out, job.Job, job.State.ToCore());
        return await new ForegroundJob(session, context.Out).FollowAsync(job, relay, from, context.Cancelled);
    }

    /// <summary>Tells that a job goes on by itself.</summary>
    public static int Tell(Terminal terminal, string job, JobState state)
    {
        terminal.Line($"job {job}");
        if (terminal.IsJson) Terminal.Document(new StartedDocument(job, state), CliJson.Default.StartedDocument);
        return ExitCodes.Done;
    }
}
