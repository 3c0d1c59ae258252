using System.Text;
using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr logs</c>.</summary>
internal sealed class LogsCommand : CliCommand
{
    private const int MostOfDocument = 64 << 20;

    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <summary>Whether to go on until the job has ended.</summary>
    [Option('f', "follow", HelpText = "Go on with what the job writes until it has ended.")]
    public bool Follow { get; set; }

    /// <summary>Whether standard error is meant.</summary>
    [Option("stderr", HelpText = "Show the job's standard error instead of its standard output.")]
    public bool StandardError { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var name = JobArgument.Parse(Need(Job, "JOB"));
        if (Json && Follow)
            throw new HpcCrException(FailureKind.Usage, "--json and --follow exclude each other", "A document has an end: leave out one of them.");
        var job = await JobLookup.FindAsync(name, Coordinator, context.Cancelled);
        var path = Path.Combine(job.Folder, StandardError ? JobFolder.StandardError : JobFolder.StandardOutput);
        if (!File.Exists(path))
            throw new HpcCrException(FailureKind.NotFound, $"job {name} has no output at {path}", "It is written where the job runs; look there.");
        if (Json)
            WriteDocument(name.Name, path);
        else
            await CopyAsync(job, path, context.Cancelled);
        return ExitCodes.Done;
    }

    private async Task CopyAsync(JobDocument job, string path, CancellationToken cancellationToken)
    {
        using var tail = new FileTail(path, 0);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pumping = Task.Run(() => new OutputPump([(tail, Console.OpenStandardOutput())]).RunAsync(ended.Token), CancellationToken.None);
        if (Follow && !job.State.IsEnded() && CoordinatorLocator.TryOpen(Coordinator) is { } session)
            using (session)
                await foreach (var status in session.WaitAsync(job.Reference, cancellationToken))
                    if (status.State.ToCore().IsEnded())
                        break;
        await ended.CancelAsync();
        await pumping;
    }

    private void WriteDocument(string job, string path)
    {
        using var stream = new FileStream(FileTail.Open(path), FileAccess.Read, bufferSize: 0);
        if (stream.Length > MostOfDocument)
            throw new HpcCrException(FailureKind.Failed, $"the output of job {job} is too large for one document", $"Read {path} itself.");
        var bytes = new byte[stream.Length];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        Terminal.Document(new LogsDocument(job, StandardError ? "stderr" : "stdout", path, count, Encoding.UTF8.GetString(bytes, 0, count)),
            CliJson.Default.LogsDocument);
    }
}
