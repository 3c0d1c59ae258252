using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Connection;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Protocol;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr run</c>.</summary>
internal sealed class RunCommand : CliCommand
{
    /// <summary>The job's name.</summary>
    [Option("name", MetaValue = "JOB", HelpText = "The job's name; made from the command's when left out.")]
    public string? Name { get; set; }

    /// <summary>The job's nodes.</summary>
    [Option("nodes", MetaValue = "N1,N2", HelpText = "The nodes to run on; the command itself runs on the first.")]
    public string? Nodes { get; set; }

    /// <summary>Where the job's folder goes.</summary>
    [Option("ckpt-dir", MetaValue = "DIR", HelpText = "Where epochs and output go, seen by all nodes; else $HPCCR_CKPT_DIR or ~/hpccr.")]
    public string? CheckpointDirectory { get; set; }

    /// <summary>Whether the job gets a /tmp of its own.</summary>
    [Option("private-tmp", HelpText = "Give the job a /tmp of its own, which its epochs include.")]
    public bool PrivateTmp { get; set; }

    /// <summary>How often an epoch is made by itself.</summary>
    [Option("interval", MetaValue = "TIME", HelpText = "Make an epoch by itself so long after the end of the last one: 90s, 10m, 1h30m.")]
    public string? Interval { get; set; }

    /// <summary>How many epochs are kept.</summary>
    [Option("keep", MetaValue = "N", HelpText = "Keep the newest N epochs and remove older ones; all are kept when left out.")]
    public string? Keep { get; set; }

    /// <summary>Which files every epoch stores.</summary>
    [Option("capture", MetaValue = "GLOB", HelpText = "Store these files in every epoch and put them back, open or not; *, ? and ** as in a shell. May be given several times.")]
    public IEnumerable<string> Capture { get; set; } = [];

    /// <summary>What becomes of connections to programs outside the job.</summary>
    [Option("outside", MetaValue = "ADDRESS[:PORT]=close|fail|keep", HelpText = "What becomes of connections to programs outside the job; the first rule that fits counts. May be given several times.")]
    public IEnumerable<string> Outside { get; set; } = [];

    /// <summary>Plugins.</summary>
    [Option("plugin", MetaValue = "NAME|DIR[=CONFIG.json]", HelpText = "Have a plugin take part in epochs and restarts: one that is installed, or one of your own in a folder. May be given several times.")]
    public IEnumerable<string> Plugins { get; set; } = [];

    /// <summary>Whether the command ends when the job runs.</summary>
    [Option("detach", HelpText = "End as soon as the job runs.")]
    public bool Detach { get; set; }

    /// <inheritdoc/>
    public override bool TakesTrailing => true;

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        var name = Name is null ? JobName.Generate(Trailing[0]) : JobName.Check(Name);
        var nodes = Nodes is null ? [] : NodeName.ParseList(Nodes);
        var spec = CallerFacts.Spec(name, Trailing, nodes, CheckpointDirectory, PrivateTmp) with
        {
            IntervalMilliseconds = Interval is null ? 0 : Schedule.Interval(Interval),
            Keep = Keep is null ? 0 : Schedule.Keep(Keep),
            Plugins = [.. Plugins.Select(PluginOption.Parse)],
            Capture = [.. Capture.Select(pattern => FilePattern.Parse(pattern, Environment.CurrentDirectory))],
            Outside = [.. Outside.Select(rule => OutsideRule.Parse(rule).ToString())],
        };

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
