namespace HpcCr.Cli.Lab;

/// <summary>Where a lab keeps its things: at the same paths for the host and for every node.</summary>
/// <param name="Run">The host's run folder; each node has a run folder of its own in its place, with the host's lab in it.</param>
internal sealed record LabLayout(RunLayout Run)
{
    /// <summary>The lab's folder.</summary>
    public string Root => Run.Lab;

    /// <summary>What is up (<see cref="LabState"/>).</summary>
    public string State => Path.Combine(Root, "lab.json");

    /// <summary>The cluster's key.</summary>
    public string Key => Path.Combine(Root, "cluster.pem");

    /// <summary>The nodes' /etc/hosts.</summary>
    public string Hosts => Path.Combine(Root, "hosts");

    /// <summary>The coordinator's run folder: its socket is there, and the host's well-known one is a link to it.</summary>
    public string Control => Path.Combine(Root, "control");

    /// <summary>Where the control place's keeper says its pid.</summary>
    public string ControlPid => Path.Combine(Control, "init.pid");

    /// <summary>What the control place's start said.</summary>
    public string ControlLog => Path.Combine(Control, "start.log");

    /// <summary>The coordinator's journal.</summary>
    public string CoordinatorState => Path.Combine(Control, "state");

    /// <summary>The coordinator's log.</summary>
    public string CoordinatorLog => Path.Combine(Control, "coordinator.log");

    /// <summary>Plugins that are installed on every node.</summary>
    public string Plugins => Path.Combine(Root, "plugins");

    /// <summary>What there is of one node: the same path for the host and for the node.</summary>
    public string NodeFolder(LabNode node) => Path.Combine(Root, node.Name);

    /// <summary>What the node's start said.</summary>
    public string NodeLog(LabNode node) => Path.Combine(NodeFolder(node), "start.log");

    /// <summary>Where the node's start says the pid of its init.</summary>
    public string NodePid(LabNode node) => Path.Combine(NodeFolder(node), "init.pid");

    /// <summary>The launcher's log; it outlives the node.</summary>
    public string LauncherLog(LabNode node) => Path.Combine(NodeFolder(node), "launcher.log");

    /// <summary>A link to the run folder of the node, while it is up.</summary>
    public string NodeRun(LabNode node) => Path.Combine(NodeFolder(node), "run");
}
