using System.Net;
using CommandLine;
using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>The coordinator's command line.</summary>
public sealed class CoordinatorArguments
{
    /// <summary>The run folder.</summary>
    [Option("run-dir", HelpText = "Where daemons of this node meet (default: /run/hpccr).")]
    public string? RunDirectory { get; set; }

    /// <summary>The journal's folder.</summary>
    [Option("state-dir", Default = CoordinatorOptions.DefaultStateDirectory, HelpText = "Where the coordinator keeps its journal: which jobs there are, and what is under way.")]
    public string StateDirectory { get; set; } = CoordinatorOptions.DefaultStateDirectory;

    /// <summary>The TCP endpoint.</summary>
    [Option("listen", HelpText = "ADDRESS:PORT for launchers of other nodes, over mutually authenticated TLS (default: none).")]
    public string? Listen { get; set; }

    /// <summary>The key file.</summary>
    [Option("key-file", Default = "/etc/hpccr/cluster.pem", HelpText = "The cluster's key file (mode 0600).")]
    public string KeyFile { get; set; } = "";

    /// <summary>The lease.</summary>
    [Option("lease-ms", Default = 15000u, HelpText = "How long a job is held without a word from the coordinator, 1000 to 15000 ms.")]
    public uint LeaseMilliseconds { get; set; }

    /// <summary>How long jobs run without the coordinator.</summary>
    [Option("fence-after", Default = 60u, MetaValue = "SECONDS", HelpText = "How long the part of a job on a node runs without a word from the coordinator before it is frozen until there is one: at least as long as the lease, at most 30 days; 0: it is never frozen, and a job whose node does not answer is restarted elsewhere only with --force.")]
    public uint FenceAfterSeconds { get; set; }

    /// <summary>Log file.</summary>
    [Option("log", HelpText = "Log file (default: standard error).")]
    public string? Log { get; set; }

    private const uint LongestFence = 30 * 24 * 3600;

    /// <summary>What they mean.</summary>
    /// <exception cref="HpcCrException">An address is none (usage).</exception>
    public CoordinatorOptions ToOptions() => new()
    {
        Run = RunDirectory is null ? RunLayout.Current : new RunLayout(Path.GetFullPath(RunDirectory)),
        StateDirectory = Path.GetFullPath(StateDirectory),
        KeyFile = KeyFile,
        Lease = LeaseMilliseconds is >= 1000 and <= 15000 ? TimeSpan.FromMilliseconds(LeaseMilliseconds)
            : throw new HpcCrException(FailureKind.Usage, $"a lease of {LeaseMilliseconds} ms is not possible", "Give 1000 to 15000."),
        FenceAfter = FenceAfterSeconds == 0 ? null
            : FenceAfterSeconds * 1000L >= LeaseMilliseconds && FenceAfterSeconds <= LongestFence ? TimeSpan.FromSeconds(FenceAfterSeconds)
            : throw new HpcCrException(FailureKind.Usage, $"to freeze jobs after {FenceAfterSeconds} s is not possible", "Give 0, or at least the lease and at most 30 days."),
        Listen = Listen is null ? null
            : IPEndPoint.TryParse(Listen, out var endpoint) && endpoint.Port > 0 ? endpoint
            : throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(Listen)}' is no address to listen at", "Write ADDRESS:PORT, such as 10.0.0.1:7733."),
    };
}
