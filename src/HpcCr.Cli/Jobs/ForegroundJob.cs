using System.Diagnostics;
using Grpc.Core;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Output;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Jobs;

/// <summary>Follows a job to its end: its output goes to the user, the user's signals go to it.</summary>
/// <param name="session">The job's coordinator.</param>
/// <param name="terminal">In JSON mode the job's output stays in its files, which the document names.</param>
internal sealed class ForegroundJob(CoordinatorSession session, Terminal terminal)
{
    // A coordinator that restarts finds its jobs again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    /// <summary>Follows a job.</summary>
    /// <param name="started">The job as it was when it began to run.</param>
    /// <param name="relay">Takes the user's signals; null to leave them alone (as <c>wait</c> does).</param>
    /// <param name="outputFrom">Where to begin in standard output and error; null shows none of it.</param>
    /// <param name="cancellationToken">Ends the following, not the job.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> FollowAsync(
        JobStatus started, SignalRelay? relay, (long Output, long Errors)? outputFrom, CancellationToken cancellationToken) =>
        Conclude(await WatchAsync(started, relay, outputFrom, _ => { }, cancellationToken));

    /// <summary>Follows a job, and leaves it to the caller to tell how it has ended.</summary>
    /// <param name="started">The job as it was when it began to run.</param>
    /// <param name="relay">Takes the user's signals; null to leave them alone.</param>
    /// <param name="outputFrom">Where to begin in standard output and error; null shows none of it.</param>
    /// <param name="changed">Told each change.</param>
    /// <param name="cancellationToken">Ends the following, not the job.</param>
    /// <returns>The job as it has ended.</returns>
    public async Task<JobStatus> WatchAsync(
        JobStatus started, SignalRelay? relay, (long Output, long Errors)? outputFrom, Action<JobStatus> changed, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var output = new FileTail(PathOf(started, JobFolder.StandardOutput), outputFrom?.Output ?? 0);
        using var errors = new FileTail(PathOf(started, JobFolder.StandardError), outputFrom?.Errors ?? 0);
        var isShown = outputFrom is not null && !terminal.IsJson;
        var pump = new OutputPump(isShown ? [(output, Console.OpenStandardOutput()), (errors, Console.OpenStandardError())] : []);
        var relaying = relay?.RunAsync(session, started.Reference(), ended.Token) ?? Task.CompletedTask;
        var pumping = Task.Run(() => pump.RunAsync(ended.Token), CancellationToken.None);
        try
        {
            return await AwaitEndAsync(started, changed, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await pumping;
            await relaying;
        }
    }

    /// <summary>Tells how a job has ended.</summary>
    /// <returns>The exit code.</returns>
    public int Conclude(JobStatus last) => Conclude(terminal, JobViews.Of(last), JobViews.NewestEpoch(last.Folder));

    /// <summary>Tells how a job has ended.</summary>
    public static int Conclude(Terminal terminal, JobDocument job, string? newestEpoch)
    {
        var outcome = JobOutcome.Of(job.Job, job.State, job.ExitCode, job.Reason, newestEpoch);
        if (outcome.Note is { } note) Terminal.Note(note);
        if (outcome.Failure is { } failure) Terminal.Note(failure.Sentence);
        if (terminal.IsJson)
        {
            var error = outcome.Failure is { } f ? new ErrorBody(f.Kind, f.Message, f.Next, outcome.ExitCode) : null;
            Terminal.Document(new EndedDocument(job.Job, job.State, job.ExitCode, job.Folder, Path.Combine(job.Folder, JobFolder.StandardOutput),
                Path.Combine(job.Folder, JobFolder.StandardError), job.Reason, job.Epochs, error), CliJson.Default.EndedDocument);
        }

        return outcome.ExitCode;
    }

    private async Task<JobStatus> AwaitEndAsync(JobStatus started, Action<JobStatus> changed, CancellationToken cancellationToken)
    {
        var last = started;
        var silence = new Stopwatch();
        while (!last.State.ToCore().IsEnded())
        {
            try
            {
                await foreach (var status in session.WaitAsync(started.Reference(), cancellationToken))
                {
                    last = status;
                    changed(status);
                    silence.Reset();
                }

                if (!last.State.ToCore().IsEnded()) await Task.Delay(Retry, cancellationToken);
            }
            // Whatever is not the coordinator's own word is a connection that was lost.
            catch (HpcCrException e) when (
                (e.Kind == FailureKind.Internal || e.InnerException is RpcException) && silence.Elapsed < Patience && !cancellationToken.IsCancellationRequested)
            {
                silence.Start();
                await Task.Delay(Retry, cancellationToken);
            }
            catch (HpcCrException e)
            {
                throw new HpcCrException(FailureKind.Internal, $"job {started.Job} cannot be followed any more: {e.Message}",
                    $"It may still run: `hpccr status {started.Job}`.", e);
            }
        }

        return last;
    }

    private static string PathOf(JobStatus job, string file) => Path.Combine(job.Folder, file);
}
