using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Matrix;

/// <summary>A step of a command that is held on one node.</summary>
/// <param name="Lab">The lab.</param>
/// <param name="Job">The job.</param>
/// <param name="Phase">The step.</param>
/// <param name="Command">The command.</param>
internal sealed record FaultScene(FaultLab Lab, TestJob Job, FaultPhase Phase, RunningCommand Command)
{
    /// <summary>The table that cuts a node off; not called like a lock of ours.</summary>
    public const string CutTable = "fault_cut";

    /// <summary>Where a lab's coordinator is.</summary>
    public const string Coordinator = "10.88.0.1";

    /// <summary>Where the step is held.</summary>
    public int Node => Phase.Node;

    /// <summary>The launcher that is stopped.</summary>
    public int Stopped { get; private set; }

    /// <summary>Whether the command has ended.</summary>
    public bool CommandHasEnded => Command.HasEnded;

    /// <summary>Waits until the step is held.</summary>
    public Task HeldAsync() => Await.UntilAsync($"{Phase.Name} to be held on node{Node}",
        () => File.Exists(Path.Combine(Lab.NodeRun(Node), "faults.held")), null, () => $"{Command.Stdout}\n{Command.Stderr}\n{Job.Describe()}");

    /// <summary>Lets it go on.</summary>
    public bool Release(params IEnumerable<string> keep)
    {
        // A node without power has nothing that could be held.
        if (!Directory.Exists(Lab.NodeRun(Node)))
            return false;
        Lab.SetFaults(Node, keep);
        return true;
    }

    /// <summary>Runs a command on the node.</summary>
    public async Task OnNodeAsync(params string[] command) => (await Lab.Hpccr.RunAsync(["lab", "exec", $"node{Node}", "--", .. command])).EndsWith(0);

    /// <summary>Stops the launcher until the guard has let go of whatever it held.</summary>
    public async Task StopPastLeaseAsync()
    {
        Stopped = Daemon.Launcher(Lab, Node);
        Daemon.Signal(Stopped, "STOP");
        // The lease is the thing itself here: nothing shows that it has ended where nothing was held.
        await Task.Delay(FaultLab.Lease + TimeSpan.FromMilliseconds(500));
    }

    /// <summary>The guard of the held node.</summary>
    public int Guard() => JobProcesses.Guard(Lab, Job, Node) ?? throw new InvalidOperationException($"node{Node} has no guard");

    /// <summary>Its engine.</summary>
    public int Engine() => JobProcesses.Engine(Guard()) ?? throw new InvalidOperationException($"node{Node} has no engine");

    /// <summary>Its engine once it is at work: it holds a process, or makes one.</summary>
    public int? EngineAtWork() => JobProcesses.Guard(Lab, Job, Node) is { } guard && JobProcesses.Engine(guard) is { } engine
        && (Phase.Command == PhaseCommand.Restart ? JobProcesses.HasChildren(engine) : JobProcesses.IsTracing(engine, Job)) ? engine : null;

    /// <summary>A rank on the held node.</summary>
    public int Rank() => JobProcesses.Ranks(Lab, Job, Node).First();
}
