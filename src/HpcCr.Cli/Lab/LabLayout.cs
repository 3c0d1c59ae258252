namespace HpcCr.Cli.Lab;

/// <summary>Where a lab keeps its things, as the host sees them.</summary>
/// <param name="Run">The host's run folder; each node sees a folder of its own in its place, and this one as <c>host</c> below that.</param>
internal sealed record LabLayout(RunLayout Run)
{
    /// <summary>The lab's folder.</summary>
    public string Root => Run.Lab;

    /// <summary>What is up (<see cref="LabState"/>).</summary>
    public string State => Path.Combine(Root, "lab.json");

    /// <summary>Held while something is changed.</summary>
    public string Lock => Path.Combine(Root, "lock");

    /// <summary>The cluster's key.</summary>
    public string Key => Path.Combine(Root, "cluster.pem");

    /// <summary>The nodes' /etc/hosts.</summary>
    public string Hosts => Path.Combine(Root, "hosts");

    /// <summary>Where the control place's keeper says its pid.</summary>
    public string ControlPid => Path.Combine(Root, "control.pid");

    /// <summary>What the control place's start said.</summary>
    public string ControlLog => Path.Combine(Root, "control.log");

    /// <summary>The coordinator's log.</summary>
    public string CoordinatorLog => Path.Combine(Root, "coordinator.log");

    /// <summary>What a node's start said.</summary>
    public string NodeLog(LabNode node) => Path.Combine(Root, node.Name, "start.log");

    /// <summary>What the node sees as its run folder.</summary>
    public string NodeRun(LabNode node) => Path.Combine(Root, node.Name, "run");

    /// <summary>Where the node's start says the pid of its init.</summary>
    public string NodePid(LabNode node) => Path.Combine(NodeRun(node), "init.pid");

    /// <summary>The launcher's log, seen from the host.</summary>
    public string LauncherLog(LabNode node) => Path.Combine(NodeRun(node), "launcher.log");

    /// <summary>The launcher's log, seen from the node.</summary>
    public string LauncherLogInside => Path.Combine(Run.Root, "launcher.log");

    /// <summary>The cluster's key, seen from a node.</summary>
    public string KeyInside => Path.Combine(Run.Root, "host", "lab", "cluster.pem");

    /// <summary>The coordinator's socket, seen from a node.</summary>
    public string CoordinatorSocketInside => Path.Combine(Run.Root, "host", "coordinator.sock");
}
