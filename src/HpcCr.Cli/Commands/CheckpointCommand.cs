using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr checkpoint</c>.</summary>
internal sealed class CheckpointCommand : CliCommand
{
    /// <summary>The job.</summary>
    [Value(0, MetaName = "JOB", HelpText = "The job's name.")]
    public string? Job { get; set; }

    /// <summary>Whether the job ends with the epoch.</summary>
    [Option("stop", HelpText = "End the job once the epoch is committed.")]
    public bool Stop { get; set; }

    /// <summary>How long the epoch may take up to the vote.</summary>
    [Option("timeout", MetaValue = "TIME", Default = "5m", HelpText = "Give up after this long, the job running on: 90s, 5m, 1h30m.")]
    public string Timeout { get; set; } = "5m";

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var asked = JobArgument.Parse(Need(Job, "JOB"));
        var job = asked.Name;
        var request = new CheckpointRequest
        {
            Job = asked.ToString(),
            Stop = Stop,
            TimeoutMs = (uint)Duration.Parse("--timeout", Timeout).TotalMilliseconds,
        };
        using var session = CoordinatorLocator.Open(Coordinator, $"checkpoint job {job}");
        var made = await ProgressView.RunAsync(context.Out, async tell =>
        {
            var phase = "";
            try
            {
                await foreach (var happened in session.CheckpointAsync(request, context.Cancelled))
                {
                    if (happened.EventCase == CheckpointEvent.EventOneofCase.Result) return JobViews.Of(happened.Result);
                    if (happened.EventCase != CheckpointEvent.EventOneofCase.Progress) continue;
                    phase = happened.Progress.Phase;
                    tell(ProgressText.Of(happened.Progress), happened.Progress.Done);
                }
            }
            catch (HpcCrException e) when (phase.Length > 0 && CoordinatorSession.IsGone(e))
            {
                throw Unknown(job, phase);
            }

            throw Unknown(job, phase);
        });
        Show(context.Out, made);
        return ExitCodes.Done;
    }

    // Whoever began the epoch is gone; the next coordinator finishes or aborts it.
    private static HpcCrException Unknown(string job, string phase) => new(FailureKind.Failed,
        $"the coordinator went away in the middle of the checkpoint of job {job} ({phase})",
        $"The next coordinator ends it, one way or the other: `hpccr status {job}` shows when, `hpccr list {job}` whether there is a new epoch.");

    private static void Show(Terminal terminal, CheckpointDocument made)
    {
        terminal.Facts(
        [
            ("job", made.Job + (made.Stopped ? " (ended)" : "")),
            ("epoch", $"{made.Epoch}"),
            ("path", made.Path),
            ("pause", Quantity.Milliseconds(made.PauseMs)),
            ("phases", string.Join(", ", made.PhasesMs.Select(phase => $"{phase.Key} {Quantity.Milliseconds(phase.Value)}"))),
            ("bytes", Quantity.Bytes(made.Bytes)),
            ("connections", $"{made.Connections}"),
            ("cut", made.Cut),
        ]);
        if (terminal.IsJson) Terminal.Document(made, CliJson.Default.CheckpointDocument);
    }
}
