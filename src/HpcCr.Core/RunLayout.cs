namespace HpcCr.Core;

/// <summary>
/// Where a node's daemons meet and keep what need not outlive a reboot: <c>/run/hpccr</c>, or <c>HPCCR_RUN_DIR</c>.
/// </summary>
/// <param name="Root">The folder, absolute.</param>
public sealed record RunLayout(string Root)
{
    /// <summary>The variable that names another folder.</summary>
    public const string Variable = "HPCCR_RUN_DIR";

    private const string Usual = "/run/hpccr";

    /// <summary>The layout that this process is meant to use.</summary>
    public static RunLayout Current => new(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } dir ? Path.GetFullPath(dir) : Usual);

    /// <summary>Added to names of cgroups, so that launchers with different run folders on one node keep apart; empty for the usual folder.</summary>
    public string Tag => Root == Usual ? "" : $"~{StableHash(Root):x8}";

    /// <summary>The coordinator's socket for commands on this node.</summary>
    public string CoordinatorSocket => Path.Combine(Root, "coordinator.sock");

    /// <summary>The launcher's socket for remote starts out of sandboxes.</summary>
    public string LauncherSocket => Path.Combine(Root, "launcher.sock");

    /// <summary>One folder per job that has a sandbox here.</summary>
    public string Jobs => Path.Combine(Root, "jobs");

    /// <summary>One file per Slurm job that has been admitted here, with its user's uid; only root can write it.</summary>
    public string Slurm => Path.Combine(Root, "slurm");

    /// <summary>The state of a lab that is up.</summary>
    public string Lab => Path.Combine(Root, "lab");

    /// <summary>What tests make the launcher fail at; only root can write it (see docs/architecture.md).</summary>
    public string Faults => Path.Combine(Root, "faults");

    /// <summary>The folders and sockets of one job on this node.</summary>
    public SandboxLayout Sandbox(string job) => new(Path.Combine(Jobs, job));

    private static uint StableHash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
}
