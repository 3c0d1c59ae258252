using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr restart</c>.</summary>
internal sealed class RestartCommand : CliCommand
{
    /// <summary>The epoch.</summary>
    [Value(0, MetaName = "CKPT", HelpText = "An epoch's folder, JOB/epoch-000003, or a job's name.")]
    public string? Epoch { get; set; }

    /// <summary>The nodes to restart on.</summary>
    [Option("nodes", MetaValue = "N1,N2", HelpText = "The nodes to restart on, in the order of the job's; fewer take several parts each. Those of the epoch when left out.")]
    public string? Nodes { get; set; }

    /// <summary>The nodes that are exchanged for others.</summary>
    [Option("map", MetaValue = "OLD=NEW,...", HelpText = "Nodes to exchange for others; the rest of the job stays where it was.")]
    public string? Map { get; set; }

    /// <summary>How often an epoch is made by itself.</summary>
    [Option("interval", MetaValue = "TIME", HelpText = "Instead of the job's own: make an epoch by itself so long after the end of the last one; off: none.")]
    public string? Interval { get; set; }

    /// <summary>How long an epoch may hold the job.</summary>
    [Option("max-pause", MetaValue = "TIME", HelpText = "Instead of the job's own: give a checkpoint up when the job has been stopped for this long.")]
    public string? MaxPause { get; set; }

    /// <summary>How many epochs are kept.</summary>
    [Option("keep", MetaValue = "N", HelpText = "Instead of the job's own: keep the newest N epochs; all: remove none.")]
    public string? Keep { get; set; }

    /// <summary>What is done with the files of the job.</summary>
    [Option("files", MetaValue = "keep|rollback|check", HelpText = "rollback (when left out): put files back to the cut; keep: leave them as they are; check: refuse unless they are as at the cut.")]
    public string? Files { get; set; }

    /// <summary>What becomes of connections to programs outside the job.</summary>
    [Option("outside", MetaValue = "ADDRESS[:PORT]=close|fail|keep", HelpText = "What becomes of connections to programs outside the job, before the job's own rules and its plugins. May be given several times.")]
    public IEnumerable<string> Outside { get; set; } = [];

    /// <summary>Whether nothing is waited for.</summary>
    [Option("force", HelpText = "Start although a node that does not answer may still run a part of the job. Only if you know that it does not: two copies of a job destroy each other's files.")]
    public bool Force { get; set; }

    /// <summary>Whether the command ends when the job runs.</summary>
    [Option("detach", HelpText = "End as soon as the job runs.")]
    public bool Detach { get; set; }

    /// <summary>Whether only the plan is made.</summary>
    [Option("dry-run", HelpText = "Make the plan, say what stands in its way, and start nothing.")]
    public bool DryRun { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var nodes = Nodes is null ? [] : NodeName.ParseList(Nodes);
        var interval = Interval is null or "off" ? 0 : Schedule.Interval(Interval);
        var maxPause = MaxPause is null ? 0 : Schedule.MaxPause(MaxPause);
        var keep = Keep is null or "all" ? 0 : Schedule.Keep(Keep);
        var treatment = Treatment.Of(Files);
        var outside = Outside.Select(rule => OutsideRule.Parse(rule).ToString()).ToList();
        var path = await EpochReference.ResolveAsync(Need(Epoch, "CKPT"), Coordinator, context.Cancelled);
        var manifest = EpochReader.ReadManifest(path);
        using var relay = Detach || DryRun ? null : new SignalRelay();
        using var session = await CoordinatorLocator.OpenOrStartAsync(Coordinator, context.Cancelled);
        var request = new RestartRequest { EpochPath = path, DryRun = DryRun, Files = treatment.ToWire(), Force = Force, Outside = { outside } };
        if (Interval is not null) request.IntervalMs = (ulong)interval;
        if (MaxPause is not null) request.MaxPauseMs = (uint)maxPause;
        if (Keep is not null) request.Keep = (uint)keep;
        request.Nodes.AddRange(nodes);
        foreach (var (old, other) in NodeName.ParseMap(Map)) request.Moves[old] = other;
        var from = (PositionOf(manifest, path, JobFolder.StandardOutput, treatment), PositionOf(manifest, path, JobFolder.StandardError, treatment));

        var result = await ProgressView.RunAsync(context.Out, tell => RestartEvents.ResultAsync(session.RestartAsync(request, context.Cancelled), tell));
        if (DryRun) return ShowPlan(context.Out, result.Plan);
        if (!context.Out.IsJson)
            Terminal.Note($"job {result.Job.Job} runs again from epoch {result.Epoch} (restored in {Quantity.Milliseconds(result.RestoreMs)})");
        if (Detach) return RunCommand.Tell(context.Out, result.Job.Job, result.Job.State.ToCore());
        return await new ForegroundJob(session, context.Out).FollowAsync(result.Job, relay, from, context.Cancelled);
    }

    /// <summary>The length of a file of the job's output at the cut: what was written after it is not part of the job that comes back.</summary>
    public static long PositionOf(Manifest manifest, string epochPath, string file, Core.FileTreatment treatment)
    {
        var path = Path.Combine(Path.GetDirectoryName(epochPath)!, file);
        var recorded = manifest.Nodes.SelectMany(node => node.JobFiles)
            .FirstOrDefault(f => f.Path == Path.Combine(manifest.Spec.Folder, file) || f.Path == path);
        // Shorter than at the cut it may be, and become whole again from what was set aside.
        return treatment == Core.FileTreatment.Rollback && recorded is not null ? recorded.Size : FileTail.LengthOf(path);
    }

    private static int ShowPlan(Terminal terminal, RestartPlan plan)
    {
        terminal.Line($"restart of job {plan.Job} from epoch {plan.Epoch}:");
        terminal.Table(["sandbox", "to node", "processes>", "bytes>", "addresses", "files put back"], plan.Placements.Select(p => (IReadOnlyList<string>)
            [p.Sandbox, p.Node, $"{p.Processes}", Quantity.Bytes(p.Bytes), string.Join(", ", p.Addresses), string.Join(", ", p.Files)]));
        terminal.Table(["node", "check", "", "found"], plan.Checks.Select(c => (IReadOnlyList<string>)[c.Node, c.Name, c.Ok ? "ok" : "no", c.Text]));
        if (plan.Faults.Count == 0)
        {
            terminal.Line("nothing stands in its way");
            if (terminal.IsJson) Terminal.Document(JobViews.Of(plan, null), CliJson.Default.PlanDocument);
            return ExitCodes.Done;
        }

        var failure = new HpcCrException(FailureKind.Unsupported, $"job {plan.Job} cannot be restarted from epoch {plan.Epoch}: {string.Join("; ", plan.Faults)}");
        var exitCode = ExitCodes.Of(failure.Kind);
        foreach (var fault in plan.Faults) Terminal.Note(fault);
        if (terminal.IsJson) Terminal.Document(JobViews.Of(plan, FailureReport.Document(failure, exitCode).Error), CliJson.Default.PlanDocument);
        return exitCode;
    }
}
