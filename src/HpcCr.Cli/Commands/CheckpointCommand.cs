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

    /// <summary>How long the job may be stopped for it.</summary>
    [Option("max-pause", MetaValue = "TIME", HelpText = "Give up when the job has been stopped for this long: 30s, 2m; what `hpccr run` was told (or 10s) when left out. Does not apply with --stop.")]
    public string? MaxPause { get; set; }

    /// <summary>The folder of an epoch that the job itself has asked for: tell what has become of it.</summary>
    [Option("result", Hidden = true)]
    public string? Result { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var asked = JobArgument.Parse(Need(Job, "JOB"));
        var job = asked.Name;
        if (Result is not null)
        {
            Show(context.Out, await OwnCheckpoint.ResultAsync(asked, Result, Coordinator, context.Cancelled));
            return ExitCodes.Done;
        }

        var request = new CheckpointRequest
        {
            Job = asked.ToString(),
            Stop = Stop,
            TimeoutMs = (uint)Duration.Parse("--timeout", Timeout).TotalMilliseconds,
            MaxPauseMs = MaxPause is null ? 0 : (uint)Schedule.MaxPause(MaxPause),
        };
        if (OwnCheckpoint.IsOf(asked))
            return await FromInsideAsync(job, request, context);
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

    private async Task<int> FromInsideAsync(string job, CheckpointRequest request, CommandContext context)
    {
        string epoch;
        using (var session = CoordinatorLocator.Open(Coordinator, $"checkpoint job {job}"))
            epoch = await OwnCheckpoint.AskAsync(session, request, context.Cancelled);
        List<string> command = ["checkpoint", job, "--result", epoch];
        if (Coordinator is not null) command.AddRange(["--coordinator", Coordinator]);
        if (context.Out.IsJson) command.Add("--json");
        OwnCheckpoint.Await(epoch, command);
        return ExitCodes.HpcCrFailed;
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
