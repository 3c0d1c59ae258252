using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Doctor;
using HpcCr.Cli.Output;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr doctor</c>.</summary>
internal sealed class DoctorCommand : CliCommand
{
    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var findings = await Examination.RunAsync(context.Cancelled);
        context.Out.Table(["", "check", "found", "what to do"], findings.Select(f => (IReadOnlyList<string>)[Word(f.Grade), f.Name, f.Found, f.Remedy]));
        var failed = findings.Where(finding => finding.Grade == Grade.Fail).ToList();
        var failure = failed.Count == 0 ? null : new HpcCrException(FailureKind.Unsupported,
            $"jobs cannot be checkpointed on this node: {string.Join("; ", failed.Select(f => $"{f.Name}: {f.Found}"))}", failed[0].Remedy);
        var exitCode = failure is null ? ExitCodes.Done : ExitCodes.Of(failure.Kind);
        if (failure is not null) Terminal.Note(failure.Sentence);
        if (Json)
            Terminal.Document(new DoctorDocument(failure is null, [.. findings.Select(f => new FindingDocument(f.Name, Word(f.Grade), f.Found, f.Remedy))],
                failure is null ? null : FailureReport.Document(failure, exitCode).Error), CliJson.Default.DoctorDocument);
        return exitCode;
    }

    private static string Word(Grade grade) => grade switch
    {
        Grade.Ok => "ok",
        Grade.Warn => "warn",
        _ => "FAIL",
    };
}
