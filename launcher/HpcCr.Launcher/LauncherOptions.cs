using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>How a launcher runs.</summary>
public sealed record LauncherOptions
{
    /// <summary>The node's name; the host name by default.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>The coordinator: <c>unix:/path</c> or <c>host:port</c>.</summary>
    public required string Coordinator { get; init; }

    /// <summary>The cluster's key file; needed for a coordinator over TCP.</summary>
    public string KeyFile { get; init; } = "/etc/hpccr/cluster.pem";

    /// <summary>Where daemons meet.</summary>
    public RunLayout Run { get; init; } = RunLayout.Current;

    /// <summary>How many ranks mpirun places here by itself.</summary>
    public int Slots { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether only jobs of admitted Slurm allocations are taken, and users here reach the coordinator through this launcher.</summary>
    public bool Slurm { get; init; }

    /// <summary>Where engines dump to: a folder, or null for memory.</summary>
    public string? Staging { get; init; }

    /// <summary>Where the node's administrator has installed plugins.</summary>
    public string Plugins { get; init; } = "/etc/hpccr/plugins";

    /// <summary>Environment of every job on this node, unless the job sets it itself.</summary>
    public IReadOnlyDictionary<string, string> JobEnvironment { get; init; } = new Dictionary<string, string>();
}
