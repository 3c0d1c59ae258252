using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Jobs;

namespace HpcCr.Cli.Commands;

/// <summary>What all commands that start a job say of it.</summary>
internal abstract class StartCommand : CliCommand
{
    /// <summary>Where the job's folder goes.</summary>
    [Option("ckpt-dir", MetaValue = "DIR", HelpText = "Where epochs and output go, seen by all nodes; else $HPCCR_CKPT_DIR or ~/hpccr.")]
    public string? CheckpointDirectory { get; set; }

    /// <summary>Whether the job gets a /tmp of its own.</summary>
    [Option("private-tmp", HelpText = "Give the job a /tmp of its own, which its epochs include.")]
    public bool PrivateTmp { get; set; }

    /// <summary>How often an epoch is made by itself.</summary>
    [Option("interval", MetaValue = "TIME", HelpText = "Make an epoch by itself so long after the end of the last one: 90s, 10m, 1h30m.")]
    public string? Interval { get; set; }

    /// <summary>How long an epoch may hold the job.</summary>
    [Option("max-pause", MetaValue = "TIME", HelpText = "Give a checkpoint up when the job has been stopped for this long (10s when left out); large jobs on slow disks need more.")]
    public string? MaxPause { get; set; }

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

    /// <inheritdoc/>
    public override bool TakesTrailing => true;

    /// <summary>The job.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="nodes">Its nodes; none: the coordinator's first.</param>
    /// <exception cref="HpcCrException">An option is wrong (usage).</exception>
    protected JobSpec Spec(string name, IReadOnlyList<string> nodes) => CallerFacts.Spec(name, Trailing, nodes, CheckpointDirectory, PrivateTmp) with
    {
        IntervalMilliseconds = Interval is null ? 0 : Schedule.Interval(Interval),
        MaxPauseMilliseconds = MaxPause is null ? 0 : Schedule.MaxPause(MaxPause),
        Keep = Keep is null ? 0 : Schedule.Keep(Keep),
        Plugins = [.. Plugins.Select(PluginOption.Parse)],
        Capture = [.. Capture.Select(pattern => FilePattern.Parse(pattern, Environment.CurrentDirectory))],
        Outside = [.. Outside.Select(rule => OutsideRule.Parse(rule).ToString())],
    };
}
