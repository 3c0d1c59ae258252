using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr check</c>.</summary>
internal sealed class CheckCommand : CliCommand
{
    private const string Fault = "fault";
    private const string Warning = "warning";

    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var asked = JobArgument.Parse(Need(Job, "JOB"));
        var job = asked.Name;
        using var session = CoordinatorLocator.Open(Coordinator, $"check job {job}");
        var found = (await session.CheckAsync(asked, context.Cancelled))
            .Select(f => new JobFindingDocument(f.Node, f.Check, f.Warning ? Warning : Fault, f.What, f.Remedy)).ToList();
        var faults = found.Count(f => f.Severity == Fault);
        var failure = faults == 0 ? null : new HpcCrException(FailureKind.Unsupported,
            $"job {job} cannot be checkpointed now: {faults} {(faults == 1 ? "thing stands" : "things stand")} in the way, the first being: {found[0].What}", found[0].Remedy);
        foreach (var finding in found) context.Out.Line($"{finding.Severity}: {finding.What}. {finding.Remedy}");
        if (failure is null)
            context.Out.Line(found.Count == 0 ? $"job {job} can be checkpointed" : $"job {job} can be checkpointed; {found.Count} {(found.Count == 1 ? "warning" : "warnings")}");
        else
            Terminal.Note(failure.Sentence);
        var exitCode = failure is null ? ExitCodes.Done : ExitCodes.Of(failure.Kind);
        if (Json)
            Terminal.Document(new CheckDocument(job, failure is null, found, failure is null ? null : FailureReport.Document(failure, exitCode).Error), CliJson.Default.CheckDocument);
        return exitCode;
    }
}
