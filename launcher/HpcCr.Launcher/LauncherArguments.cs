using CommandLine;
using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>The launcher's command line.</summary>
public sealed class LauncherArguments
{
    /// <summary>The node's name.</summary>
    [Option("node", HelpText = "Name of this node (default: its host name).")]
    public string? Node { get; set; }

    /// <summary>The coordinator's address.</summary>
    [Option("coordinator", Required = true, HelpText = "The coordinator: HOST:PORT, or unix:/PATH on the same node.")]
    public string Coordinator { get; set; } = "";

    /// <summary>The key file.</summary>
    [Option("key-file", Default = "/etc/hpccr/cluster.pem", HelpText = "The cluster's key file (mode 0600).")]
    public string KeyFile { get; set; } = "";

    /// <summary>The run folder.</summary>
    [Option("run-dir", HelpText = "Where daemons of this node meet (default: /run/hpccr).")]
    public string? RunDirectory { get; set; }

    /// <summary>Slots.</summary>
    [Option("slots", Default = 0, HelpText = "Ranks that mpirun places here by itself (default: the number of processors).")]
    public int Slots { get; set; }

    /// <summary>Staging folder.</summary>
    [Option("staging", HelpText = "Folder that images are dumped to first (default: memory if it is large enough, else disk).")]
    public string? Staging { get; set; }

    /// <summary>Folder of plugins.</summary>
    [Option("plugins", Default = "/etc/hpccr/plugins", HelpText = "Folder of plugins that are installed on this node, beside those that come with HpcCr.")]
    public string Plugins { get; set; } = "";

    /// <summary>Environment of jobs.</summary>
    [Option("env", HelpText = "NAME=VALUE for every job on this node that does not set it itself; may be repeated.")]
    public IEnumerable<string> JobEnvironment { get; set; } = [];

    /// <summary>Whether this is a node of a Slurm cluster.</summary>
    [Option("slurm", HelpText = "Take jobs only of users whom Slurm's Prolog has admitted, and pass on what users here ask the coordinator.")]
    public bool Slurm { get; set; }

    /// <summary>Log file.</summary>
    [Option("log", HelpText = "Log file (default: standard error).")]
    public string? Log { get; set; }

    /// <summary>Reads a command line; what is wrong with it goes to standard error.</summary>
    public static ParserResult<LauncherArguments> Parse(IEnumerable<string> arguments)
    {
        using var parser = new Parser(settings =>
        {
            settings.AllowMultiInstance = true;
            settings.HelpWriter = Console.Error;
        });
        return parser.ParseArguments<LauncherArguments>(arguments);
    }

    /// <summary>What they mean.</summary>
    /// <exception cref="HpcCrException">A name or a variable is none (usage).</exception>
    public LauncherOptions ToOptions() => new()
    {
        Node = NodeName.Check(Node ?? Environment.MachineName),
        Coordinator = Coordinator,
        KeyFile = KeyFile,
        Run = RunDirectory is null ? RunLayout.Current : new RunLayout(Path.GetFullPath(RunDirectory)),
        Slots = Slots > 0 ? Slots : Environment.ProcessorCount,
        Slurm = Slurm,
        Staging = Staging is null ? null : Path.GetFullPath(Staging),
        Plugins = Path.GetFullPath(Plugins),
        JobEnvironment = Variables(JobEnvironment),
    };

    private static Dictionary<string, string> Variables(IEnumerable<string> settings)
    {
        Dictionary<string, string> variables = [];
        foreach (var setting in settings)
        {
            if (setting.IndexOf('=') is not (> 0 and var equals))
                throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(setting)}' sets no variable", "Write --env NAME=VALUE.");
            variables[setting[..equals]] = setting[(equals + 1)..];
        }

        return variables;
    }
}
