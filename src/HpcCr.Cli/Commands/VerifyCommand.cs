using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Store;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr verify</c>.</summary>
internal sealed class VerifyCommand : CliCommand
{
    /// <summary>The epoch.</summary>
    [Value(0, MetaName = "CKPT", HelpText = "An epoch's folder, JOB/epoch-000003, or a job's name.")]
    public string? Epoch { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var path = await EpochReference.ResolveAsync(Need(Epoch, "CKPT"), Coordinator, context.Cancelled);
        var (document, manifest) = EpochReader.ReadDocument(path);
        var signature = SignatureCheck.Of(document, manifest);
        var faults = await ProgressView.RunAsync(context.Out, tell => EpochVerifier.VerifyAsync(path, manifest,
            new Report(done => tell($"reading {Quantity.Bytes(manifest.TotalBytes)}", (double)done / Math.Max(1, manifest.TotalBytes))), context.Cancelled));

        var files = manifest.Nodes.Sum(node => node.Files.Count);
        var filesAreGood = faults.Count == 0;
        // What is not as it was written is not worth a look inside.
        if (filesAreGood) faults = CutCheck.Faults(path, manifest);
        var hasGoodCut = faults.Count == 0;
        if (signature.Fault is { } unsigned) faults = [$"the manifest cannot be trusted: {unsigned}", .. faults];
        var failure = faults.Count == 0 ? null : new HpcCrException(FailureKind.Damaged,
            $"epoch {manifest.Epoch} of job {manifest.Job} is damaged: "
                + (filesAreGood && hasGoodCut ? "its manifest is not as a launcher signed it" : filesAreGood ? "its images are not the cut that was committed" : $"{faults.Count - (signature.Fault is null ? 0 : 1)} of its {files} files are not as they were committed")
                + $", the first fault being {faults[0]}",
            $"Restart from another epoch; `hpccr list {manifest.Job}` shows them.");
        var exitCode = failure is null ? ExitCodes.Done : ExitCodes.Of(failure.Kind);
        foreach (var fault in faults) Terminal.Note(fault);
        if (failure is null)
            context.Out.Line($"epoch {manifest.Epoch} of job {manifest.Job} is whole: {files} files, {Quantity.Bytes(manifest.TotalBytes)}, cut {manifest.Cut ?? CutVerdict.Unproven}, signature {signature.Text}");
        else
            Terminal.Note(failure.Sentence);
        if (Json)
            Terminal.Document(new VerifyDocument(manifest.Job, manifest.Epoch, path, failure is null, files, manifest.TotalBytes, manifest.Cut ?? CutVerdict.Unproven, signature.State, signature.KeyId, faults,
                failure is null ? null : FailureReport.Document(failure, exitCode).Error), CliJson.Default.VerifyDocument);
        return exitCode;
    }

    // Progress<T> would report from other threads, and after the end.
    private sealed class Report(Action<long> tell) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => tell(value);
    }
}
